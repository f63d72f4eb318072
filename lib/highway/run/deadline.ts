import { parseDuration } from "../model/duration.ts";
import type { LoopOperator, ParallelOperator } from "../model/workflow.ts";
import { cancelParts } from "./children.ts";
import { failed, OperatorError, type Outcome } from "./outcome.ts";
import type { Place } from "./place.ts";
import type { Run } from "./run.ts";

/**
 * Limits an operator that consists of others. The limit is looked at whenever the operator has to wait: then it fails,
 * and tasks of its own are cancelled; a function that is running is not interrupted.
 */
export async function withDeadline(
  run: Run,
  operator: ParallelOperator | LoopOperator,
  { attempt }: Place,
  execute: () => Promise<Outcome>,
): Promise<Outcome> {
  const seconds = limitOf(operator);
  if (seconds === null) return execute();
  const recorded = await run.journal.once(`${attempt}/deadline`, async () =>
    new Date((await run.readClock()).getTime() + seconds * 1000).toISOString(),
  );
  const outcome = await execute();
  if (outcome.state !== "blocked") return outcome;
  const at = new Date(String(recorded));
  if (at > run.now) return { ...outcome, waits: [...outcome.waits, { kind: "timer", at }] };
  await cancelParts(run, attempt);
  return failed(new OperatorError("TimeoutError", `'${operator.task_id}' took too long.`));
}

function limitOf(operator: ParallelOperator | LoopOperator): number | null {
  const policy = operator.timeout_policy && parseDuration(operator.timeout_policy.timeout);
  const own = operator.operator_type === "parallel" ? operator.timeout : null;
  const limits = [own, policy].filter((one) => typeof one === "number");
  return limits.length === 0 ? null : Math.min(...limits);
}
