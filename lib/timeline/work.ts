import { toMs } from "@/lib/model/instants";
import type { Run, TaskDetail } from "@/lib/model/task";
import { parseError } from "./parse-payload.ts";

/**
 * How long the attempts of an ended task worked, in milliseconds. `null` if the rows do not show it: an attempt
 * was suspended, which overwrote its first claim, or lost its worker, or was not read.
 */
export function computeWork(detail: TaskDetail): { attempts: number; workedMs: number } | null {
  const { task, runs, truncated } = detail;
  if (truncated) return null;
  let workedMs = 0;
  for (const run of runs) {
    const end = run.completedAt ?? run.failedAt;
    if (!run.startedAt || !end || wasInterrupted(run, detail)) return null;
    if (run.attempt === 1 && run.startedAt !== task.firstStartedAt) return null;
    workedMs += toMs(end) - toMs(run.startedAt);
  }
  return { attempts: runs.length, workedMs };
}

/** Whether the attempt was suspended before its last claim, or ended without its worker. */
function wasInterrupted(run: Run, { checkpoints }: TaskDetail): boolean {
  const suspended = run.wakeEvent !== null || run.eventPayload !== null || run.claimedBy === null;
  const resumed = checkpoints.some(
    ({ ownerRunId, updatedAt }) =>
      ownerRunId === run.runId && toMs(updatedAt) < toMs(run.startedAt ?? run.createdAt),
  );
  return suspended || resumed || parseError(run.failureReason)?.name === "$ClaimTimeout";
}
