import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { eventFilters } from "@/lib/search-params/events";
import { type TaskFilters, taskFilters } from "@/lib/search-params/tasks/filters";
import { failureFilters } from "@/lib/search-params/windows";
import { endReaders, openTestDatabase } from "@/testing/dashboard-database";
import { restrictTo, uuidOf } from "@/testing/reads";
import { listEvents, listWaiters } from "./events";
import { listFailures } from "./failures";
import { findById } from "./find";
import { getLatency, getQueueFigures, getThroughput } from "./overview";
import { getEventPayload, getPayload } from "./payloads";
import { listQueues } from "./queues";
import { getTask } from "./task";
import { suggestTasks } from "./task-suggestions";
import { listTasks } from "./tasks";
import { listWorkers } from "./workers";

const database = openTestDatabase();

/** One tenant has nearly all tasks; the other has ten, all of them old. */
const TENANTS = ["large", "small"] as const;

beforeAll(async () => {
  const { pool } = database;
  for (const [queue, storageMode, rows] of [
    ["plain", "unpartitioned", 100_000],
    ["parts", "partitioned", 20_000],
  ] as const) {
    await createQueue(pool, queue, { storageMode });
    await pool.query(
      `create table made as
       select n, ts, ${uuidOf("0")} as task_id, ${uuidOf("1")} as run_id,
         case when n > ${rows} - 10 then 'small' else 'large' end as tenant,
         case when n % 50 < 45 then 'completed' when n % 50 < 47 then 'failed'
           when n % 50 = 47 then 'pending' when n % 50 = 48 then 'sleeping' else 'running' end as state
       from (select n, now() - n * interval '600000 seconds' / ${rows} as ts
             from generate_series(1, ${rows}) n) rows`,
    );
    await pool.query(`
      insert into absurd.t_${queue} (task_id, task_name, params, headers, state, attempts, enqueue_at, last_attempt_run)
      select task_id, 'job ' || n % 20, jsonb_build_object('pad', repeat('x', 100)),
        jsonb_build_object('tenant_id', tenant), state, 1, ts, run_id from made;
      insert into absurd.r_${queue} (run_id, task_id, attempt, state, available_at, claimed_by, started_at, failed_at, created_at)
      select run_id, task_id, 1, state, ts, 'w', ts, case when state = 'failed' then ts end, ts from made;
      insert into absurd.c_${queue} (task_id, checkpoint_name, state, owner_run_id, updated_at)
      select task_id, 'step', '1', run_id, ts from made;
      insert into absurd.e_${queue} (event_name, payload, emitted_at)
      select 'event ' || n, case when n % 20 > 0 then '1'::jsonb end,
        case when n % 20 > 0 then ts else to_timestamp(0) end from made;
      insert into absurd.w_${queue} (task_id, run_id, step_name, event_name)
      select task_id, run_id, 'wait', 'other event ' || n from made where state = 'sleeping';
      drop table made`);
  }
  await pool.query("vacuum analyze");
});

afterAll(() => restrictTo());

/** Lists up to `pages` pages; a search that ran out of time continues where it stopped. */
const tasks =
  (filters: Partial<TaskFilters>, pages = 3) =>
  async () => {
    let found = 0;
    for (let cursor: string | null = null, page = 0; page < pages; page++) {
      const { rows, older } = await listTasks(taskFilters({ ...filters, cursor }));
      found += rows.length;
      cursor = older;
      if (cursor === null) break;
    }
    return found;
  };

const READS: [string, (taskId: string) => Promise<unknown>][] = [
  ["queues", () => listQueues()],
  ["the newest tasks", tasks({})],
  ["tasks of one queue", tasks({ queue: ["parts"] })],
  ["failed tasks", tasks({ state: ["failed"] })],
  ["active tasks", tasks({ state: ["pending", "running", "sleeping"] })],
  ["a task", (id) => getTask("plain", id)],
  ["a payload", (id) => getPayload("plain", id, { of: "params" })],
  ["an id", (id) => findById(id)],
  ["emitted events", () => listEvents(eventFilters({ state: ["emitted"] }))],
  ["awaited events", () => listEvents(eventFilters({ state: ["awaited"] }))],
  ["an event", () => getEventPayload("plain", "event 7").catch(() => null)],
  ["waiters of an event", () => listWaiters("plain", "other event 48")],
  ["failures", () => listFailures(failureFilters())],
  ["workers", () => listWorkers("24h")],
  ["throughput", () => getThroughput("24h")],
  ["waits and run times", () => getLatency("24h")],
  ["suggestions", () => suggestTasks([])],
];

describe.each(TENANTS)("restricted to the %s tenant", (tenant) => {
  let taskId = "";
  beforeAll(async () => {
    const { rows } = await database.pool.query(
      "select task_id from absurd.t_plain where headers ->> 'tenant_id' = $1 limit 1",
      [tenant],
    );
    taskId = rows[0].task_id;
    await restrictTo(tenant);
  });

  test.each(READS)("%s: rows of tasks are looked up by key, never scanned", async (_, read) => {
    const before = await scans();
    await read(taskId);
    expect(await scans()).toEqual(before);
  });

  test("a search continues to the last task", async () => {
    expect(await tasks({ queue: ["plain"], state: ["failed"] }, 100)()).toBe(
      tenant === "small" ? 2 : 3_998,
    );
    if (tenant === "small") expect(await tasks({ queue: ["plain"] }, 100)()).toBe(10);
  });
});

describe.each(TENANTS)("filtered by the %s tenant", (tenant) => {
  const filter = { tenant: [tenant] };
  beforeAll(() => restrictTo());

  const FIGURES: [string, () => Promise<unknown>][] = [
    ["queues", () => listQueues(filter)],
    ["throughput", () => getThroughput("24h", filter)],
    ["waits and run times", () => getLatency("24h", filter)],
    ["a queue's figures", () => getQueueFigures("plain", "24h", filter)],
  ];
  test.each(FIGURES)("%s: rows of tasks are looked up by key, never scanned", async (_, read) => {
    const before = await scans();
    await read();
    expect(await scans()).toEqual(before);
  });

  test("the figures equal those of a dashboard restricted to that tenant", async () => {
    const { queues } = await listQueues(filter);
    await restrictTo(tenant);
    expect((await listQueues()).queues).toEqual(queues);
    await restrictTo();
  });
});

/** Counts the full scans of large tables, except tables of tasks, which a search in windows may scan. */
async function scans(): Promise<unknown[]> {
  // Connections report their statistics when they end. Rows reported after the vacuum are counted twice.
  await endReaders(database);
  const { rows } = await database.pool.query(`
    select s.relname, s.seq_scan::int from pg_stat_user_tables s join pg_class c on c.oid = s.relid
    where s.schemaname = 'absurd' and s.relname ~ '^[rce]_' and c.reltuples > 4000 order by s.relname`);
  expect(rows.length).toBeGreaterThan(4);
  return rows;
}
