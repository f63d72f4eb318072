import { beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues";
import { closePools } from "@/lib/db/pools";
import { openTestDatabase } from "@/lib/db/testing";
import { eventFilters } from "@/lib/search-params/events";
import { type TaskFilters, taskFilters } from "@/lib/search-params/tasks";
import { failureFilters } from "@/lib/search-params/windows";
import { listWaiters } from "./event-waiters";
import { listEvents } from "./events";
import { listFailures } from "./failures";
import { findById } from "./find";
import { getLatency } from "./latency";
import { getPayload } from "./payloads";
import { listQueues } from "./queues";
import { getTask } from "./task";
import { listTasks } from "./tasks";
import { getThroughput } from "./throughput";
import { listWorkers } from "./workers";

const database = openTestDatabase();
let taskId: string;

beforeAll(async () => {
  const { pool } = database;
  for (const [queue, storageMode] of [
    ["plain", "unpartitioned"],
    ["parts", "partitioned"],
  ] as const) {
    await createQueue(pool, queue, { storageMode });
    // 30,000 tasks over ten days: 90 % completed, 4 % failed, the rest active.
    await pool.query(`
      create table made as
      select n, ${idOf("0")} as task_id, ${idOf("1")} as run_id, ts,
        case when n % 50 < 45 then 'completed' when n % 50 < 47 then 'failed'
          when n % 50 = 47 then 'pending' when n % 50 = 48 then 'sleeping' else 'running' end as state
      from (select n, now() - n * interval '28 seconds' as ts from generate_series(1, 30000) n) rows`);
    await pool.query(`
      insert into absurd.t_${queue} (task_id, task_name, params, state, attempts, enqueue_at, last_attempt_run)
      select task_id, 'job ' || n % 20, jsonb_build_object('pad', repeat('x', 100)), state, 1, ts, run_id from made;
      insert into absurd.r_${queue} (run_id, task_id, attempt, state, available_at, claim_expires_at, created_at)
      select run_id, task_id, 1, state, ts, case when state = 'running' then now() end, ts from made;
      insert into absurd.c_${queue} (task_id, checkpoint_name, state, owner_run_id, updated_at)
      select task_id, 'step', '1', run_id, ts from made;
      insert into absurd.e_${queue} (event_name, payload, emitted_at)
      select 'event ' || n, case when n % 20 > 0 then '1'::jsonb end,
        case when n % 20 > 0 then ts else to_timestamp(0) end from made;
      insert into absurd.w_${queue} (task_id, run_id, step_name, event_name)
      select task_id, run_id, 'wait', 'event ' || n from made where state = 'sleeping';
      drop table made`);
  }
  await pool.query("vacuum analyze");
  const { rows } = await pool.query("select task_id from absurd.t_plain limit 1");
  taskId = rows[0].task_id;
});

/** A UUIDv7 of the row's time. */
function idOf(kind: string): string {
  return `(lpad(to_hex((extract(epoch from ts) * 1000)::bigint), 12, '0') || '7${kind}008000' || lpad(to_hex(n), 12, '0'))::uuid`;
}

const tasks = (filters: Partial<TaskFilters>) => () => listTasks(taskFilters(filters));
const lastWeek = new Date(Date.now() - 7 * 86_400_000).toISOString();

test.each<[string, () => Promise<unknown>]>([
  ["queues", () => listQueues()],
  ["the newest tasks", tasks({})],
  ["tasks of one queue", tasks({ queue: ["parts"] })],
  ["older tasks", tasks({ before: lastWeek })],
  ["a range of time", tasks({ range: "24h" })],
  ["an id prefix", () => listTasks(taskFilters({ id: taskId.slice(0, 20) }))],
  ["completed tasks", tasks({ state: ["completed"] })],
  ["failed tasks", tasks({ state: ["failed"] })],
  [
    "failed tasks upwards",
    () => listTasks(taskFilters({ state: ["failed"], cursor: `n.${taskId}` })),
  ],
  ["pending tasks", tasks({ state: ["pending"] })],
  ["a name", tasks({ name: ["job 7"] })],
  ["a name in active states", tasks({ name: ["job 9"], state: ["running", "sleeping"] })],
  ["a task", () => getTask("plain", taskId)],
  ["a payload", () => getPayload("plain", taskId, { of: "params" })],
  ["an id", () => findById(taskId)],
  ["emitted events", () => listEvents(eventFilters({ state: ["emitted"] }))],
  ["awaited events", () => listEvents(eventFilters({ state: ["awaited"] }))],
  ["failures", () => listFailures(failureFilters())],
  ["workers", () => listWorkers("24h")],
  ["throughput", () => getThroughput("24h")],
  ["waits and run times", () => getLatency("24h")],
  ["events asked for", () => listEvents(eventFilters({ state: ["asked"] }))],
  ["who waits for an event", () => listWaiters("plain", "event 48")],
])("%s: no large table is scanned", async (_, read) => {
  const before = await sequentialScans();
  await read();
  expect(await sequentialScans()).toEqual(before);
});

/** Scans of whole tables so far, by table. Small tables may be scanned: it is what the planner should do. */
async function sequentialScans(): Promise<unknown[]> {
  // Connections report what they did when they end.
  await closePools();
  const { rows } = await database.pool.query(`
    select relname, seq_scan::int from pg_stat_user_tables
    where schemaname = 'absurd' and n_live_tup > 5000 order by relname`);
  expect(rows.length).toBeGreaterThan(5);
  return rows;
}
