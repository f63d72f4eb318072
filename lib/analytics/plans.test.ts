import { beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import type { EventState } from "@/lib/model/rows/event";
import { auditFilters } from "@/lib/search-params/audit";
import { bulkFilters, bulkItemFilters } from "@/lib/search-params/bulk";
import { eventFilters } from "@/lib/search-params/events";
import { type TaskFilters, taskFilters } from "@/lib/search-params/tasks/filters";
import { failureFilters } from "@/lib/search-params/windows";
import { workflowFilters } from "@/lib/search-params/workflows";
import { openTestDatabase } from "@/testing/dashboard-database";
import { listReadFunctions } from "@/testing/read-functions";
import { uuidOf } from "@/testing/reads";
import {
  explainStatements,
  flattenPlan,
  recordStatements,
  type Statement,
} from "@/testing/statements";
import { listAudit, listAuditChoices } from "./audit";
import { getBaseline } from "./baseline";
import { getBulk, getBulkFollowUp, listBulk, listBulkItems } from "./bulk";
import { listEvents, listWaiters } from "./events";
import { exportTasks } from "./export";
import { listFailedTasks, listFailures } from "./failures";
import { findById, findByShortId } from "./find";
import { getHealth } from "./health";
import { getLatency, getQueueFigures, getThroughput } from "./overview";
import { getEventPayload, getPayload } from "./payloads";
import { getQueueMaintenance, previewCleanup } from "./queue-maintenance";
import { countTerminalTasksExactly, getQueue, listQueues } from "./queues";
import { getRelated } from "./related";
import { getSetup } from "./setup";
import { getTask } from "./task";
import { suggestTasks } from "./task-suggestions";
import { countTasks, followTasks, listKnownTasks, listSelectedTasks, listTasks } from "./tasks";
import { listWorkers } from "./workers";
import { listCircuits } from "./workflow-circuits";
import {
  getDefinitionDetail,
  getRunDefinition,
  getWorkflowDefinition,
  listWorkflowDefinitions,
} from "./workflow-definitions";
import { getTakers, listRunQueues } from "./workflow-queues";
import {
  getDefinitionView,
  getOperatorRecords,
  getRunDefinitionView,
  getRunView,
} from "./workflow-views";
import { getWorkflowPayload, getWorkflowRun, listWorkflowRuns } from "./workflows";

const database = openTestDatabase();
/** One id of each kind. */
let ids: Record<"task" | "run" | "bulk" | "workflow" | "definition", string>;

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
      select n, ${uuidOf("0")} as task_id, ${uuidOf("1")} as run_id, ts,
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
  await pool.query(`
    insert into absurd_dashboard.audit_entry (operator, action, outcome)
    select 'operator ' || n % 3, 'retry', 'done' from generate_series(1, 10000) n;
    insert into absurd_dashboard.bulk_job (action, operator, state, finished_at)
    select 'retry', 'operator', 'done', now() from generate_series(1, 10000);
    insert into absurd_dashboard.bulk_item (bulk_id, task_id, queue)
    select bulk_id, gen_random_uuid(), 'plain' from absurd_dashboard.bulk_job;
    insert into workflow_definition (workflow_name, workflow_version, workflow_hash, definition)
    values ('flow', '1', 'hash', '{}');
    insert into workflow_run (workflow_run_id, workflow_name, workflow_version, absurd_queue, inputs,
      absurd_task_id, definition_id, created_at, completed_at)
    select gen_random_uuid(), 'flow', '1', 'plain', '{}', task_id, definition_id, enqueue_at, enqueue_at
    from absurd.t_plain, workflow_definition`);
  await pool.query("vacuum analyze");
  const { rows } = await pool.query(`
    select (select task_id from absurd.t_plain limit 1) as task,
      (select run_id from absurd.r_plain limit 1) as run,
      (select bulk_id from absurd_dashboard.bulk_job limit 1) as bulk,
      (select workflow_run_id from workflow_run limit 1) as workflow,
      (select definition_id from workflow_definition limit 1) as definition`);
  ids = rows[0];
});

const lastWeek = new Date(Date.now() - 7 * 86_400_000).toISOString();

type Case = { title: string; of: string; read: () => Promise<void>; mayScan?: RegExp };

/** A call of a function of this folder; `mayScan` matches the tables that it scans by design. */
function ask<Read extends { name: string }>(
  title: string,
  of: Read,
  call: (of: Read) => Promise<unknown> | AsyncIterable<unknown>,
  mayScan?: RegExp,
): Case {
  const read = async () => {
    const answer = call(of);
    if (Symbol.asyncIterator in answer) for await (const _ of answer);
    else await answer;
  };
  return { title, of: of.name, read, ...(mayScan ? { mayScan } : {}) };
}

const tasks = (title: string, filters: () => Partial<TaskFilters>, mayScan?: RegExp) =>
  ask(title, listTasks, (of) => of(taskFilters(filters())), mayScan);
const events = (state: EventState) =>
  ask(`events: ${state}`, listEvents, (of) => of(eventFilters({ state: [state] })));

const CASES = [
  tasks("the newest tasks", () => ({})),
  tasks("tasks of one queue", () => ({ queue: ["parts"] })),
  tasks("older tasks", () => ({ before: lastWeek })),
  tasks("a range of time", () => ({ range: "24h" })),
  tasks("an id prefix", () => ({ id: ids.task.slice(0, 20) })),
  tasks("completed tasks", () => ({ state: ["completed"] })),
  tasks("failed tasks", () => ({ state: ["failed"] })),
  tasks("failed tasks upwards", () => ({ state: ["failed"], cursor: `n.${ids.task}` })),
  tasks("pending tasks", () => ({ state: ["pending"] })),
  tasks("a name", () => ({ name: ["job 7"] })),
  // A window of the search can contain a whole week, whose partition is then scanned.
  tasks(
    "a name in active states",
    () => ({ name: ["job 9"], state: ["running", "sleeping"] }),
    /^t_parts_/,
  ),
  tasks("the oldest tasks", () => ({ sort: "oldest" })),
  tasks("what is due", () => ({ state: ["pending", "sleeping"], sort: "due" })),
  tasks("due tasks of a name", () => ({ state: ["pending"], name: ["job 7"], sort: "due" })),
  tasks("the most attempts", () => ({ range: "24h", sort: "attempts" })),
  tasks("the longest", () => ({ range: "24h", sort: "duration" })),
  tasks("an idempotency key", () => ({ idempotency: ["order-42"] })),
  tasks("values in columns of tasks", () => ({ columns: [{ source: "params", steps: ["pad"] }] })),
  ask("named tasks", listSelectedTasks, (of) => of([{ queue: "plain", taskId: ids.task }])),
  ask("rows on screen", listKnownTasks, (of) =>
    of(taskFilters({ state: ["failed"] }), [{ queue: "plain", taskId: ids.task }]),
  ),
  ask("a search", followTasks, (of) => of(taskFilters({ name: ["nobody"] })), /^t_/),
  ask("a count", countTasks, (of) => of(taskFilters({ state: ["failed"] })), /^t_/),
  ask("an export", exportTasks, (of) => of(taskFilters({ state: ["failed"], limit: 99 }))),
  ask("suggestions", suggestTasks, (of) => of([])),
  ask("a task", getTask, (of) => of("plain", ids.task)),
  ask("a payload", getPayload, (of) => of("plain", ids.task, { of: "params" })),
  ask("the baseline of a name", getBaseline, (of) => of("plain", "job 7")),
  ask("related tasks", getRelated, (of) => of("plain", ids.task)),
  ask("an id", findById, (of) => of(ids.task)),
  ask("a shortened id", findByShortId, (of) =>
    of({ prefix: ids.task.slice(0, 8), suffix: ids.task.slice(-4) }),
  ),
  ask("a run's id", findById, (of) => of(ids.run)),
  ask("queues", listQueues, (of) => of()),
  ask("one queue", getQueue, (of) => of("plain")),
  ask("throughput", getThroughput, (of) => of("24h")),
  ask("waits and run times", getLatency, (of) => of("24h")),
  ask("figures of a queue", getQueueFigures, (of) => of("parts", "24h")),
  ask("workers", listWorkers, (of) => of("24h")),
  ask("failures", listFailures, (of) => of(failureFilters())),
  ask("tasks of a failure", listFailedTasks, (of) => of("000000000000", failureFilters())),
  // Up to ten thousand rows of a default partition are counted.
  ask("storage", getQueueMaintenance, (of) => of("parts"), /_d$/),
  // Nearly all tasks are older, so a cleanup would scan them too.
  ask("a clean-up", previewCleanup, (of) => of("plain", 86_400), /^[tre]_/),
  ask("exact counts", countTerminalTasksExactly, (of) => of("plain"), /^t_/),
  ask("health", getHealth, (of) => of()),
  ask("the setup", getSetup, (of) => of()),
  events("emitted"),
  events("awaited"),
  events("asked"),
  ask("an event's payload", getEventPayload, (of) => of("plain", "event 1")),
  ask("waiters of an event", listWaiters, (of) => of("plain", "event 48")),
  ask("the audit log", listAudit, (of) => of(auditFilters())),
  ask("choices of the audit log", listAuditChoices, (of) => of()),
  ask("bulk operations", listBulk, (of) => of(bulkFilters())),
  ask("a bulk operation", getBulk, (of) => of(ids.bulk)),
  ask("current states of its tasks", getBulkFollowUp, (of) => of(ids.bulk)),
  ask("its tasks", listBulkItems, (of) => of(ids.bulk, bulkItemFilters())),
  ask("workflow runs", listWorkflowRuns, (of) => of(workflowFilters())),
  ask("a workflow run", getWorkflowRun, (of) => of(ids.workflow)),
  ask("its operators and timeline", getRunView, (of) => of(ids.workflow)),
  ask("the records of an operator", getOperatorRecords, (of) => of(ids.workflow, "a")),
  ask("its graph", getRunDefinitionView, (of) => of(ids.workflow)),
  ask("circuit breakers", listCircuits, (of) => of({ name: "flow", tenantId: null })),
  ask("its inputs", getWorkflowPayload, (of) => of(ids.workflow, "inputs")),
  ask("its definition", getRunDefinition, (of) => of(ids.workflow)),
  ask("a definition", getWorkflowDefinition, (of) => of(ids.definition)),
  ask("a definition's page", getDefinitionView, (of) => of(ids.definition)),
  ask("a definition with its versions", getDefinitionDetail, (of) => of(ids.definition)),
  ask("definitions", listWorkflowDefinitions, (of) => of()),
  ask("claims of a workflow's tasks", getTakers, (of) => of("plain", "job 7")),
  ask("queues of a workflow", listRunQueues, (of) => of("flow")),
];

test.each(CASES)("$title: no large table is scanned", async ({ read, mayScan }) => {
  const statements = await recordStatements(read);
  expect(statements.length).toBeGreaterThan(1);
  const scanned = await findScans(statements);
  expect(scanned.filter((table) => !mayScan?.test(table))).toEqual([]);
});

test("every query of this folder is tested", () => {
  const asked = [...new Set(CASES.map(({ of }) => of))].sort();
  expect(listReadFunctions().filter((name) => !asked.includes(name))).toEqual([]);
});

let large: Set<string>;

/** The large tables that these statements scan. Scanning a small table is the right plan. */
async function findScans(statements: Statement[]): Promise<string[]> {
  large ??= new Set(
    (
      await database.pool.query(`
        select relname from pg_class where relkind = 'r' and reltuples > 5000
          and relnamespace::regnamespace::text in ('absurd', 'absurd_dashboard', 'public')`)
    ).rows.map((row) => row.relname),
  );
  expect(large.size).toBeGreaterThan(10);
  const nodes = (await explainStatements(statements)).flatMap(flattenPlan);
  return nodes.flatMap((node) => {
    const table = node["Relation Name"];
    const isScan = node["Node Type"] === "Seq Scan" && node["Actual Loops"] > 0;
    return isScan && table && large.has(table) ? [table] : [];
  });
}
