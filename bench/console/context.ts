import { Client } from "pg";
import { forgetEnvironment } from "@/lib/db/env";
import { closePools } from "@/lib/db/pools";
import { assumeViewer, UNRESTRICTED } from "@/lib/db/viewer";
import type { Uuid } from "@/lib/model/ids";
import { uuidFloor } from "@/lib/model/key-range";
import { DAYS, LARGEST, QUEUES, RARE, type Size } from "./sizes";

/** Ids to query in one database, spread over its whole history, and the instant at which its clock is fixed. */
export type Context = {
  size: Size;
  url: string;
  now: number;
  /** Tasks of the largest queue, in no particular order. */
  tasks: Uuid[];
  /** Tasks and runs of all queues. */
  anywhere: { queue: string; taskId: Uuid; runId: Uuid }[];
  failed: Uuid[];
  bulk: Uuid[];
  workflowRuns: Uuid[];
  definitions: Uuid[];
  /** Events of the largest queue: emitted, and awaited. */
  emitted: string[];
  awaited: string[];
  /** The only task that `RARE` matches. */
  rare: Uuid;
};

const SAMPLES = 60;

/** Connects the dashboard's pools to this database, and looks up ids to query in it. */
export async function openContext(size: Size, url: string): Promise<Context> {
  await pointPoolsAt(url);
  const client = new Client({ connectionString: url });
  await client.connect();
  const column = async <T>(text: string, values: unknown[] = []): Promise<T[]> =>
    (await client.query({ text, values, rowMode: "array" })).rows.map(([value]) => value);
  try {
    const now = Date.parse(String((await column("select absurd.current_time()"))[0]));
    // Steps of the golden ratio reach every part of the history, in no particular order.
    const floors = Array.from({ length: SAMPLES }, (_, n) =>
      uuidFloor(now - ((n * 0.618034) % 1) * DAYS * 86_400_000),
    );
    const near = (queue: string, condition = "true") => `
      select found.* from unnest($1::uuid[]) floor cross join lateral (
        select '${queue}' as queue, task_id as "taskId", last_attempt_run as "runId" from absurd.t_${queue}
        where task_id < floor and ${condition} order by task_id desc limit 1
      ) found`;
    const anywhere = await client.query(QUEUES.map(({ name }) => near(name)).join(" union all "), [
      floors,
    ]);
    const ids = async (condition?: string) =>
      (await client.query(near(LARGEST, condition), [floors])).rows.map((row) => row.taskId);
    const newest = (table: string, key: string) =>
      column<string>(`select ${key} from ${table} order by ${key} desc limit 50`);
    return {
      size,
      url,
      now,
      tasks: await ids(),
      anywhere: shuffled(anywhere.rows),
      failed: await ids("state = 'failed'"),
      bulk: await newest("absurd_dashboard.bulk_job", "bulk_id"),
      workflowRuns: await newest("public.workflow_run", "workflow_run_id"),
      definitions: await newest("public.workflow_definition", "definition_id"),
      emitted: await column(
        `select event_name from absurd.e_${LARGEST} where payload is not null order by emitted_at desc limit 50`,
      ),
      awaited: await column(`select event_name from absurd.w_${LARGEST} limit 50`),
      rare:
        (
          await column<string>(`select task_id from absurd.t_${LARGEST} where task_name = $1`, [
            RARE.name,
          ])
        )[0] ?? "",
    };
  } finally {
    await client.end();
  }
}

/** Makes the dashboard's queries in this process use this database. */
export async function pointPoolsAt(url: string): Promise<void> {
  process.env.DATABASE_URL = url;
  process.env.DATABASE_READ_URL = "";
  forgetEnvironment();
  assumeViewer(UNRESTRICTED);
  await closePools();
}

/** Without shuffling, only the first queues would be queried. */
function shuffled<T>(rows: T[]): T[] {
  return rows.map((_, n) => rows[(n * 7) % rows.length]).filter((row) => row !== undefined);
}
