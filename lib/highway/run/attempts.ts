import type { Failure, States } from "../machine/states.ts";
import { parseDuration } from "../model/duration.ts";
import { followsRetryPolicy, type Operator, type RetryPolicy } from "../model/workflow.ts";
import { blockedBy, type Ended, failedWith, type Outcome } from "./outcome.ts";
import type { Run } from "./run.ts";

/**
 * Tries an operator according to its policy, with durable pauses. A failed attempt is recorded before the pause
 * starts, the last one as the operator's failure.
 */
export async function withAttempts(
  run: Run,
  operator: Operator,
  path: string,
  execute: (attempt: number) => Promise<Outcome>,
): Promise<Outcome> {
  const { journal } = run;
  const failure = journal.get(`${path}/failed`);
  if (failure !== undefined)
    return failedWith(failure as Failure, journal.get(`${path}/inner`) as States | undefined);
  const policy = getPolicy(run, operator);
  for (let attempt = 1; ; attempt++) {
    const wake = journal.get(`${path}/retry/${attempt}`);
    if (wake !== undefined) {
      const at = new Date(String(wake));
      if (at > run.now) return blockedBy({ kind: "timer", at });
      continue;
    }
    const outcome = await execute(attempt);
    if (outcome.state !== "failed") return outcome;
    if (outcome.isFinal || attempt > (policy?.max_retries ?? 0)) {
      await recordFailure(run, path, outcome);
      return outcome;
    }
    const now = await run.readClock();
    const until = new Date(
      Math.max(now.getTime() + computeDelay(policy, attempt), retryAt(outcome)),
    );
    // The wake time is the last entry, as text, so that the pause looks like a sleep of the run and can be moved.
    await journal.transact(async (tx) => {
      await outcome.count?.(tx);
      return {
        [`${path}/attempt/${attempt}`]: outcome.error,
        [`${path}/retry/${attempt}`]: until.toISOString(),
      };
    });
    if (until > now) return blockedBy({ kind: "timer", at: until });
  }
}

async function recordFailure(
  { journal }: Run,
  path: string,
  { error, inner, count }: Extract<Ended, { state: "failed" }>,
): Promise<void> {
  await journal.transact(async (tx) => {
    await count?.(tx);
    return {
      ...(inner && { [`${path}/inner`]: inner }),
      [`${path}/failed`]: error,
    };
  });
}

/** When an open circuit permits an attempt again, in milliseconds. */
function retryAt({ error }: { error: Failure }): number {
  const at = error.type === "CircuitOpen" ? Date.parse(String(error.retry_at)) : Number.NaN;
  return Number.isNaN(at) ? 0 : at;
}

function getPolicy(run: Run, operator: Operator): RetryPolicy | null {
  if (!followsRetryPolicy(operator)) return null;
  return operator.retry_policy ?? run.workflow.default_retry_policy;
}

/** Milliseconds before the retry that follows an attempt. */
function computeDelay(policy: RetryPolicy | null, attempt: number): number {
  if (!policy) return 0;
  const seconds = (parseDuration(policy.delay) ?? 0) * policy.backoff_factor ** (attempt - 1);
  // A date more than ten years ahead may not be representable.
  return Math.ceil(Math.min(seconds, 315_360_000) * 1000);
}
