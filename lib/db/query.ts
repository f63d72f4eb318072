import { randomUUID } from "node:crypto";
import { SQL, sql } from "drizzle-orm";
import { PgDialect } from "drizzle-orm/pg-core";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { type Pausing, workAtOnce, workInTurns } from "@/lib/model/work/turns";
import type { Decoder } from "./decode";
import { isLarge, renderInTurns } from "./render";
import type { Database } from "./snapshot";

/** The decoder of each column that a statement selects, by the column's name. */
export type RowDecoders = Record<string, Decoder<unknown>>;

/** The row that these decoders return. */
export type DecodedRow<Columns extends RowDecoders> = {
  [Name in keyof Columns]: Columns[Name] extends Decoder<infer Value> ? Value : never;
};

const dialect = new PgDialect();

/**
 * Runs one statement and decodes its rows, in order. It is the only way in which hand-written SQL returns rows:
 * the row type comes from decoders that check each value, so it can't claim more than the database sent.
 *
 * ```ts
 * const rows = await query(
 *   db,
 *   { taskId: uuid, endedAt: nullable(instant) },
 *   sql`select task_id as "taskId", cancelled_at as "endedAt" from ${tasks}`,
 * );
 * ```
 *
 * Select each column under its key in `columns`, quoted unless it is lower-case. Columns without a decoder are
 * dropped. Without hand-written SQL, Drizzle's `select` decodes by its table; give its `sql` fragments a decoder
 * by `.mapWith` (Drizzle itself passes NULL through, so use `nullable` there for the type).
 *
 * @param db a snapshot's database, or a `pg` pool or client of the writing side.
 * @throws DecodeError, naming the column, if a column is missing or holds another type; and the driver's errors.
 */
export async function query<Columns extends RowDecoders>(
  db: Database | Queryable,
  columns: Columns,
  statement: SQL,
): Promise<DecodedRow<Columns>[]> {
  const rows = await run(db, statement);
  const decoding = decodeRows(rows, columns);
  return rows.length > MANY ? workInTurns(decoding) : workAtOnce(decoding);
}

/** Results with more rows than this are decoded in turns. */
const MANY = 1_000;

function* decodeRows<Columns extends RowDecoders>(
  rows: readonly Record<string, unknown>[],
  columns: Columns,
): Pausing<DecodedRow<Columns>[]> {
  const decoders = Object.entries(columns);
  const all: DecodedRow<Columns>[] = [];
  let column = "";
  try {
    for (const row of rows) {
      if (all.length % 100 === 99) yield;
      const decoded: Record<string, unknown> = {};
      for (const [name, decode] of decoders) {
        column = name;
        decoded[name] = decode(row[name]);
      }
      all.push(decoded as DecodedRow<Columns>);
    }
    return all;
  } catch (error) {
    if (error instanceof Error) error.message = `Column "${column}": ${error.message}`;
    throw error;
  }
}

/** The maximum number of texts in one `fixText` map, and of statements with such texts. */
const MOST_TEXTS = 200;

/**
 * A part of a statement without parameters, whose text is made once for each key: Drizzle takes longer to write a part
 * for each of hundreds of queues than the server to run it. Only `query` and `execute` know such parts.
 */
export function fixText(texts: Map<string, SQL>, key: string, write: () => SQL): SQL {
  let part = texts.get(key);
  if (!part) {
    const { sql: text, params } = dialect.sqlToQuery(write());
    if (params.length > 0) throw new Error("A part with parameters has no fixed text.");
    const sign = `${SIGN}${++fixedCount}⟩`;
    part = sql.raw(sign);
    fixedTexts.set(sign, insertFixed(text));
    forgotten.register(part, sign);
    if (texts.size >= MOST_TEXTS) texts.clear();
    texts.set(key, part);
  }
  return part;
}

/**
 * Fixed texts by the sign in their place while Drizzle writes the rest of a statement, as long as they are used. A
 * sign is no SQL, so that the server refuses a statement that still holds one, and nobody can guess it as a name.
 */
const fixedTexts = new Map<string, string>();
const SIGN = `⟨${randomUUID()} `;
const SIGNS = new RegExp(`${SIGN}\\d+⟩`, "g");
let fixedCount = 0;
const forgotten = new FinalizationRegistry<string>((sign) => fixedTexts.delete(sign));

/** Statements with their fixed texts: the same string each time, so that none of them is hashed or compared again. */
const complete = new Map<string, string>();

function completeText(text: string): string {
  if (!text.includes(SIGN)) return text;
  const known = complete.get(text);
  if (known !== undefined) return known;
  if (complete.size >= MOST_TEXTS) complete.clear();
  const whole = insertFixed(text);
  complete.set(text, whole);
  return whole;
}

function insertFixed(text: string): string {
  return text.replace(SIGNS, (sign) => fixedTexts.get(sign) ?? sign);
}

/** Runs one statement whose rows, if any, are not needed. */
export async function execute(db: Database | Queryable, statement: SQL): Promise<void> {
  await run(db, statement);
}

async function run(db: Database | Queryable, statement: SQL): Promise<Record<string, unknown>[]> {
  const { sql: text, params } = isLarge(statement)
    ? await renderInTurns(statement)
    : dialect.sqlToQuery(statement);
  const whole = completeText(text);
  if (!("execute" in db)) return (await db.query(whole, params)).rows;
  const rendered = new SQL([]);
  rendered.toQuery = () => ({ sql: whole, params });
  return (await db.execute(rendered)).rows;
}
