import type { Command, Target } from "./commands";
import { canonical } from "./model/canonical";
import { sorted } from "./model/world";
import type { Row, Session } from "./session";

/** Runs a command on the engine. Results have canonical JSON text, and no rows if the function returns void. */
export async function execute(
  session: Session,
  queue: string,
  command: Command,
  { taskId, runId }: Target,
  now: number,
): Promise<Row[]> {
  const at = (seconds: number) =>
    Number.isFinite(seconds) ? new Date((now + seconds) * 1000).toISOString() : "infinity";
  const act = async (name: string, ...args: unknown[]) => {
    await session.call(name, queue, ...args);
    return [];
  };
  switch (command.do) {
    case "spawn": {
      const options = JSON.stringify(command.options);
      return session.call("spawn_task", queue, "work", '{"n": 1}', options);
    }
    case "claim":
      return listClaims(session, queue, command);
    case "checkpoint": {
      const { step, state, extendBy } = command;
      return act("set_task_checkpoint_state", taskId, step, state, runId, extendBy);
    }
    case "schedule":
      return act("schedule_run", runId, at(command.in));
    case "await":
      return session
        .query(
          `select should_suspend, payload::text from absurd.await_event($1, $2, $3, $4, $5, $6)`,
          [queue, taskId, runId, command.step, command.event, command.timeout],
        )
        .then((rows) => rows.map(canonicalise("payload")));
    case "emit":
      return act("emit_event", command.event, command.payload);
    case "complete":
      return act("complete_run", runId, command.result);
    case "fail": {
      const retryAt = command.retryIn === null ? null : at(command.retryIn);
      return act("fail_run", runId, command.reason, retryAt);
    }
    case "extend":
      return act("extend_claim", runId, command.seconds);
    case "retry":
      return session.call("retry_task", queue, taskId, JSON.stringify(command.options));
    case "cancel":
      return act("cancel_task", taskId);
    case "cleanup tasks":
      return session.call("cleanup_tasks", queue, command.ttl, command.limit);
    case "cleanup events":
      return session.call("cleanup_events", queue, command.ttl, command.limit);
    case "list checkpoints":
      return readCheckpoints(session, queue, taskId, runId);
    case "get result":
      return session
        .query(
          `select task_id, state, result::text, failure_reason::text
           from absurd.get_task_result($1, $2)`,
          [queue, taskId],
        )
        .then((rows) => rows.map(canonicalise("result", "failure_reason")));
    case "advance":
      return [];
  }
}

async function listClaims(
  session: Session,
  queue: string,
  { worker, lease, quantity }: Extract<Command, { do: "claim" }>,
): Promise<Row[]> {
  const rows = await session.query(
    `select run_id, task_id, attempt, task_name, params::text, retry_strategy::text, max_attempts,
            headers::text, wake_event, event_payload::text
     from absurd.claim_task($1, $2, $3, $4)`,
    [queue, worker, lease, quantity],
  );
  return rows.map(canonicalise("params", "retry_strategy", "headers", "event_payload"));
}

async function readCheckpoints(
  session: Session,
  queue: string,
  taskId: string,
  runId: string,
): Promise<Row[]> {
  const rows = await session.query(
    `select checkpoint_name, state::text, status, owner_run_id,
            extract(epoch from updated_at)::float8 as updated_at
     from absurd.get_task_checkpoint_states($1, $2, $3)`,
    [queue, taskId, runId],
  );
  const times = rows.map((row) => Number(row.updated_at));
  if (times.some((time, index) => time < (times[index - 1] ?? 0)))
    throw new Error(`checkpoints out of order: ${times.join(", ")}`);
  return sorted(rows.map(canonicalise("state")), (row) => String(row.checkpoint_name)).map(
    ({ updated_at: _, ...row }) => row,
  );
}

const canonicalise =
  (...columns: string[]) =>
  (row: Row): Row => ({
    ...row,
    ...Object.fromEntries(
      columns.map((column) => [column, canonical(row[column] as string | null)]),
    ),
  });
