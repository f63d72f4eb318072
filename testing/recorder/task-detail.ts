import type { Pool } from "pg";
import type { Iso } from "@/lib/model/instants";
import type { Payload } from "@/lib/model/json";
import type { TaskDetail } from "@/lib/model/task";

type Rows<T> = { rows: T[] };

const iso = (column: string) =>
  `case when isfinite(${column}) then to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
        when ${column} is not null then 'infinity' end`;
const json = (column: string) =>
  `case when ${column} is not null
        then json_build_object('bytes', octet_length(${column}::text), 'text', ${column}::text) end`;

/** One task as the dashboard would return it, at the recorder's own time. */
export async function getDetail(pool: Pool, queue: string, taskId: string): Promise<TaskDetail> {
  const select = <T>(columns: Record<string, string>, table: string, rest: string) => {
    const list = Object.entries(columns).map(([name, column]) => `${column} as "${name}"`);
    return pool.query(`select ${list.join(", ")} from absurd."${table}_${queue}" ${rest}`, [
      taskId,
    ]) as unknown as Promise<Rows<T>>;
  };
  const tasks = await select<TaskDetail["task"]>(TASK, "t", "where task_id = $1");
  const runs = await select<TaskDetail["runs"][number]>(
    RUN,
    "r",
    "where task_id = $1 order by attempt",
  );
  const checkpoints = await select<TaskDetail["checkpoints"][number]>(
    CHECKPOINT,
    "c",
    "where task_id = $1 order by updated_at, checkpoint_name",
  );
  const waits = await select<TaskDetail["waits"][number]>(WAIT, "w", "where task_id = $1");
  const clock = (await pool.query(`select ${iso("absurd.current_time()")} as now`)) as Rows<{
    now: Iso;
  }>;
  const [task] = tasks.rows;
  if (!task) throw new Error(`There is no task ${taskId}.`);
  const detail: TaskDetail = {
    task: { ...task, queue },
    runs: runs.rows,
    checkpoints: checkpoints.rows,
    waits: waits.rows,
    eventsEmittedAt: {},
    now: clock.rows[0]?.now ?? "",
  };
  const emitted = (await pool.query(
    `select event_name as name, ${iso("emitted_at")} as at from absurd."e_${queue}"
      where payload is not null and event_name = any($1)`,
    [eventNames(detail)],
  )) as Rows<{ name: string; at: Iso }>;
  detail.eventsEmittedAt = Object.fromEntries(emitted.rows.map((row) => [row.name, row.at]));
  return detail;
}

function eventNames({ runs, checkpoints, waits }: TaskDetail): string[] {
  const awaited = checkpoints
    .filter((checkpoint) => checkpoint.name.startsWith("$awaitEvent:"))
    .flatMap(({ name }) => [name.slice(12), name.slice(12).replace(/#\d+$/, "")]);
  const woken = runs.flatMap((run) => run.wakeEvent ?? []);
  return [...awaited, ...woken, ...waits.map((wait) => wait.eventName)];
}

/** Numbers random ids in order of appearance, which makes recordings comparable. They keep the format of a UUIDv7. */
export function numberIds(detail: TaskDetail): TaskDetail {
  const known = new Map<string, string>();
  const text = JSON.stringify(detail).replaceAll(
    /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g,
    (id) => {
      const number = String(known.size + 1).padStart(12, "0");
      const replacement = known.get(id) ?? `019cbd00-0000-7000-8000-${number}`;
      known.set(id, replacement);
      return replacement;
    },
  );
  return withoutStacks(JSON.parse(text) as TaskDetail);
}

/** Stack traces contain file names of the machine that recorded them. */
function withoutStacks(detail: TaskDetail): TaskDetail {
  for (const run of detail.runs) run.failureReason = withoutStack(run.failureReason);
  return detail;
}

function withoutStack(reason: Payload): Payload {
  if (!reason?.text?.includes('"stack"')) return reason;
  const text = JSON.stringify({ ...JSON.parse(reason.text), stack: null });
  return { bytes: text.length, text };
}

const TASK = {
  taskId: "task_id",
  name: "task_name",
  state: "state",
  attempts: "attempts",
  maxAttempts: "max_attempts",
  enqueuedAt: iso("enqueue_at"),
  firstStartedAt: iso("first_started_at"),
  cancelledAt: iso("cancelled_at"),
  lastAttemptRun: "last_attempt_run",
  idempotencyKey: "idempotency_key",
  tenantId: "headers ->> 'tenant_id'",
  workflowRunId: "headers ->> 'workflow_run_id'",
  params: json("params"),
  headers: json("headers"),
  retryStrategy: json("retry_strategy"),
  cancellation: json("cancellation"),
  result: json("completed_payload"),
};

const RUN = {
  runId: "run_id",
  taskId: "task_id",
  attempt: "attempt",
  state: "state",
  claimedBy: "claimed_by",
  claimExpiresAt: iso("claim_expires_at"),
  availableAt: iso("available_at"),
  startedAt: iso("started_at"),
  completedAt: iso("completed_at"),
  failedAt: iso("failed_at"),
  createdAt: iso("created_at"),
  wakeEvent: "wake_event",
  eventPayload: json("event_payload"),
  result: json("result"),
  failureReason: json("failure_reason"),
};

const CHECKPOINT = {
  name: "checkpoint_name",
  state: json("state"),
  status: "status",
  ownerRunId: "owner_run_id",
  updatedAt: iso("updated_at"),
};

const WAIT = {
  taskId: "task_id",
  runId: "run_id",
  stepName: "step_name",
  eventName: "event_name",
  timeoutAt: iso("timeout_at"),
  createdAt: iso("created_at"),
};
