import type { PoolClient } from "pg";
import { stringifyJson } from "@/lib/absurd/connection/json";
import { queueTable, type TablePrefix } from "@/lib/absurd/connection/sql";
import type { JsonColumn } from "./rows";
import type { Scene } from "./scene";

type Value = string | number | JsonColumn;
type Row = Record<string, Value>;

const BATCH = 2_000;

/**
 * Writes scenes into the tables of an existing queue, a few thousand rows per statement; returns the number of tasks.
 */
export async function writeHistory(
  client: PoolClient,
  queue: string,
  scenes: Scene[],
  options: { hasKeyTable: boolean },
): Promise<number> {
  const tasks = scenes.flatMap((scene) => scene.tasks).filter((task) => task.queue === queue);
  const keys = tasks.flatMap(({ task: { idempotency_key, task_id } }) =>
    idempotency_key === null ? [] : [{ idempotency_key, task_id }],
  );
  const insert = (prefix: TablePrefix, rows: Row[]) =>
    insertRows(client, queueTable(prefix, queue), rows);
  await insert(
    "t",
    tasks.map(({ task }) => task),
  );
  await insert(
    "r",
    tasks.flatMap(({ runs }) => runs),
  );
  await insert(
    "c",
    tasks.flatMap(({ checkpoints }) => checkpoints),
  );
  await insert(
    "w",
    tasks.flatMap(({ wait }) => wait ?? []),
  );
  await insert(
    "e",
    scenes.flatMap((scene) => scene.eventsOf(queue)),
  );
  if (options.hasKeyTable) await insert("i", keys);
  return tasks.length;
}

async function insertRows(client: PoolClient, table: string, rows: Row[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const types = await columnTypes(client, table);
  const statement = `
    insert into ${table} (${columns.join(", ")})
    select ${columns.map((column) => `x.${column}::${types.get(column)}`).join(", ")}
    from unnest(${columns.map((_, index) => `$${index + 1}::text[]`).join(", ")})
      as x(${columns.join(", ")})`;
  for (let from = 0; from < rows.length; from += BATCH) {
    const batch = rows.slice(from, from + BATCH);
    await client.query(
      statement,
      columns.map((column) => batch.map((row) => textOf(column, row[column] ?? null))),
    );
  }
}

async function columnTypes(client: PoolClient, table: string): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, atttypmod) as type
     from pg_attribute where attrelid = $1::regclass and attnum > 0`,
    [table],
  );
  return new Map(rows.map(({ name, type }) => [name, type]));
}

function textOf(column: string, value: Value): string | null {
  if (value === null) return null;
  if (typeof value === "object") return stringifyJson(value.json);
  if (!isInstant(column)) return String(value);
  return value === Number.POSITIVE_INFINITY ? "infinity" : new Date(Number(value)).toISOString();
}

function isInstant(column: string): boolean {
  return column.endsWith("_at");
}
