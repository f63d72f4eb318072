import type { Queryable } from "../../absurd/connection/queryable.ts";
import { emitEvent, getEvent } from "../../absurd/events/events.ts";
import type { Uuid } from "../../model/ids.ts";
import type { JsonObject } from "../../model/json.ts";
import { workAtOnce } from "../../model/work/turns.ts";
import { RecordIndex } from "../machine/record-index.ts";
import { Replay } from "../machine/replay.ts";
import type { States } from "../machine/states.ts";
import { listScopes, topScope } from "../model/scopes.ts";
import type { Workflow } from "../model/workflow.ts";
import type { Ending, Termination } from "./outcome.ts";
import type { Run } from "./run.ts";
import { getRunRecords } from "./run-records.ts";

/** Thrown to leave an execution whose run has ended. */
export class RunEnded extends Error {
  override readonly name = "RunEnded";

  constructor(readonly ending: Ending) {
    super("The run has ended.");
  }
}

/** How often parts and root check for a `terminate` in another part. */
export const LOOK_FOR_END_MS = 5_000;

/**
 * The event that a part emits when one of its operators has terminated the run; only the first emit takes effect.
 */
function terminateEvent(workflowRunId: Uuid): string {
  return `hw:${workflowRunId}:terminate`;
}

/** How a `terminate` ends the run: with its result, or with an error that has its reason. */
export function toEnding({ status, result, reason, operator }: Termination): Ending {
  if (status === "completed") return { status, result };
  return { status, error: { type: "Terminated", message: reason, details: result, operator } };
}

function deadlineEnding({ deadline_seconds, deadline_action }: Workflow): Ending {
  const message = `The run took longer than its deadline of ${deadline_seconds} s.`;
  const status = deadline_action === "cancel" ? "cancelled" : "failed";
  return { status, error: { type: "DeadlineExceeded", message } };
}

/** Whether an operator can terminate the run from within a part, so that the other tasks must check for it. */
export function canTerminateInPart(workflow: Workflow): boolean {
  return listScopes(workflow).some(
    ({ scope }) =>
      scope.outer !== null &&
      [...scope.operators.values()].some((one) => one.operator_type === "terminate"),
  );
}

/** The end of a run that its deadline or another part has decided; `undefined` while the run continues. */
export async function findEnding(run: Run): Promise<Ending | undefined> {
  const { deadline, workflow, workflowRunId } = run;
  if (deadline && deadline <= run.now) return deadlineEnding(workflow);
  if (!run.mayBeTerminated) return undefined;
  const { db, queue } = run.journal.execution;
  const event = await getEvent(db, queue, terminateEvent(workflowRunId));
  return event?.payload === undefined || event.payload === null
    ? undefined
    : toEnding(event.payload as unknown as Termination);
}

/**
 * Watches for the end of a run while functions run, and aborts them then. @returns a function that stops watching.
 */
export function watchForEnding(run: Run): () => void {
  const { deadline, workflow } = run;
  const left = deadline ? deadline.getTime() - run.now.getTime() : 0;
  const end = (ending: Ending) => run.stop(new RunEnded(ending));
  const timers = [
    ...(deadline ? [setTimeout(() => end(deadlineEnding(workflow)), clampDelay(left))] : []),
    ...(run.mayBeTerminated
      ? [
          setInterval(() => {
            findEnding(run).then(
              (ending) => ending && end(ending),
              // The next check, or the next record, meets a lost database again.
              () => {},
            );
          }, LOOK_FOR_END_MS),
        ]
      : []),
  ];
  return () => {
    for (const timer of timers) clearTimeout(timer);
  };
}

/** Clamps to the longest delay of a timer; a run with a later deadline wakes before that anyway. */
function clampDelay(milliseconds: number): number {
  return Math.min(Math.max(milliseconds, 0), 2 ** 31 - 1);
}

/** Notifies all tasks of a run that a part has terminated it. */
export async function emitTermination(tx: Queryable, run: Run, by: Termination): Promise<void> {
  const { queue } = run.journal.execution;
  await emitEvent(tx, queue, terminateEvent(run.workflowRunId), by as unknown as JsonObject);
}

/**
 * The states of all operators at the early end of a run, by path: unfinished operators are skipped. Its tasks must
 * have been cancelled in the same transaction, so that none of them records anything afterwards.
 */
export async function listStatesAtEnd(tx: Queryable, run: Run): Promise<States> {
  const { queue } = run.journal.execution;
  const records = await getRunRecords(tx, queue, run.workflowRunId);
  const replay = new Replay(run.workflow, new RecordIndex(records));
  workAtOnce(replay.replayScope(topScope(run.workflow), "", "running"));
  const states: States = {};
  for (const { instance, state, isSuperseded } of replay.traces.values()) {
    if (isSuperseded) continue;
    const isOpen = state === "pending" || state === "running" || state === "sleeping";
    states[instance] = isOpen ? "skipped" : state;
  }
  return states;
}
