import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { auditFilters } from "@/lib/search-params/audit";
import { eventFilters } from "@/lib/search-params/events";
import { type TaskFilters, taskFilters } from "@/lib/search-params/tasks/filters";
import { parseTaskQuery } from "@/lib/search-params/tasks/query";
import { failureFilters } from "@/lib/search-params/windows";
import { workflowFilters } from "@/lib/search-params/workflows";
import { endReaders, openTestDatabase } from "@/testing/dashboard-database";
import { restrictTo, uuidOf } from "@/testing/reads";
import { explainStatements, type PlanNode, recordStatements } from "@/testing/statements";
import { listAudit } from "./audit";
import { getBaseline } from "./baseline";
import { listEvents, listWaiters } from "./events";
import { listFailures } from "./failures";
import { findById, findByShortId } from "./find";
import { getLatency, getQueueFigures, getThroughput } from "./overview";
import { getEventPayload, getPayload } from "./payloads";
import { listQueues } from "./queues";
import { getTask } from "./task";
import { suggestTasks } from "./task-suggestions";
import { countTasks, followTasks, listTasks } from "./tasks";
import { listWorkers } from "./workers";
import { listWorkflowRuns } from "./workflows";

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

/** No row has this in any column; a plan shows where it is compared. */
const GUESS = "guess-of-a-stranger";

/** Otherwise the duration of a request reveals whether a hidden row has a value. */
describe("a condition of a request is evaluated on visible rows only", () => {
  let newest = "";
  beforeAll(async () => {
    const { rows } = await database.pool.query(
      "select max(task_id::text) as id from absurd.t_plain",
    );
    newest = rows[0].id.slice(0, 8);
    await restrictTo("small");
  });

  const search = (words: string) => taskFilters({ ...parseTaskQuery(words).query });
  const drain = async (rows: AsyncIterable<unknown>) => {
    for await (const _ of rows);
  };
  const names = [`name:${GUESS}`, `tenant:${GUESS}`, `worker:${GUESS}`, `checkpoint:${GUESS}`];
  const values = [`params.n:${GUESS}`, `headers.n>=${GUESS}`, `any:${GUESS}`, `error:${GUESS}`];
  const all = [...names, ...values, "attempts>77777"].join(" ");
  const SEARCHES: [string, () => Promise<unknown>][] = [
    ...[...names, ...values].map((text): [string, () => Promise<unknown>] => [
      `a list, ${text}`,
      () => listTasks(search(text)),
    ]),
    ["a list of active tasks", () => listTasks(search(`${all} state:pending`))],
    [
      "a ranking of active tasks",
      () => listTasks({ ...search(`${all} state:running`), sort: "due" }),
    ],
    ["a ranking", () => listTasks({ ...search(all), range: "7d", sort: "attempts" })],
    ["a count", () => drain(countTasks(search(all)))],
    ["an export or a bulk operation", () => drain(followTasks(search(all)))],
  ];
  const EVENTS = (["emitted", "awaited"] as const).map(
    (state): [string, () => Promise<unknown>] => [
      `a list of ${state} events`,
      () => listEvents(eventFilters({ state: [state], name: GUESS })),
    ],
  );
  const of = { name: [GUESS], version: [GUESS], creator: [GUESS], tenant: [GUESS], tag: [GUESS] };
  const OTHERS: [string, () => Promise<unknown>][] = [
    ["waiters of an event", () => listWaiters("plain", GUESS)],
    ["the payload of an event", () => getEventPayload("plain", GUESS).catch(() => null)],
    ["failures", () => listFailures(failureFilters({ name: [GUESS] }))],
    ["usual durations", () => getBaseline("plain", GUESS)],
    ["workflow runs", () => listWorkflowRuns(workflowFilters(of))],
    ["the audit log", () => listAudit(auditFilters({ operator: [GUESS], action: [GUESS] }))],
    ["a part of an id", () => findByShortId({ prefix: newest, suffix: "abcdef012345" })],
  ];

  test.each([...SEARCHES, ...EVENTS, ...OTHERS])("%s", async (_, read) => {
    const plans = await explainStatements(await recordStatements(read));
    const conditions = plans.flatMap((plan) => listConditions(plan, false));
    const compares = (text: string) =>
      text.includes(GUESS) || /starts_with|"right"|77777/.test(text);
    expect(conditions.some(({ text }) => compares(text))).toBe(true);
    for (const { text, isGuarded, table } of conditions)
      if (!isGuarded && table) expect(listOpen(text)).not.toSatisfy(compares);
  });
});

/** The part of a condition before the test of visibility. */
function listOpen(text: string): string {
  return (
    text.split(/CASE WHEN (?:(?! THEN ).)*(?:\{small\}|SubPlan|tenant)(?:(?! THEN ).)* THEN/)[0] ??
    ""
  );
}

type Condition = { text: string; table: string | undefined; isGuarded: boolean };

/**
 * The conditions of a plan. Those of a subplan that only the guarded part of its parent's condition names are guarded,
 * too.
 */
function listConditions(node: PlanNode, isGuarded: boolean): Condition[] {
  const table = node["Relation Name"];
  const own = Object.entries(node).flatMap(([key, text]) =>
    typeof text === "string" && /Cond$|Filter$/.test(key) ? [{ text, table, isGuarded }] : [],
  );
  const open = own.map(({ text }) => listOpen(text)).join(" ");
  const children = (node.Plans ?? []).flatMap((plan) => {
    const name = plan["Subplan Name"];
    const isCalled = own.some(({ text }) => name !== undefined && text.includes(`(${name})`));
    return listConditions(plan, isGuarded || (isCalled && !open.includes(`(${name})`)));
  });
  return [...own, ...children];
}

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
