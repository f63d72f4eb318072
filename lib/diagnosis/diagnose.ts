import { formatNumber } from "@/lib/format";
import { type Iso, toInstant, toMs } from "@/lib/model/instants";
import type { TaskDetail } from "@/lib/model/task";
import { findCurrentRun } from "../timeline/activity.ts";
import { retryDelaySeconds } from "../timeline/retry-delay.ts";
import { explainPoison } from "./claims.ts";
import { explainEnded } from "./explain-ended.ts";
import { explainRunning } from "./explain-running.ts";
import { explainWaiting } from "./explain-waiting.ts";
import { collectFacts, type Diagnosis, type Facts, FRESH_MS } from "./facts.ts";
import { policyLength } from "./phrases.ts";
import { age, code, duration, link, sentence, strong, time } from "./sentence.ts";

/**
 * Explains in one or two sentences why a task is not moving, or how it ended, and suggests what resolves it. The
 * most specific rule wins. `now` is the database's clock: ages keep running for 2.5 s after the reading, and an
 * older reading of an active task is described as of then. No sentence claims more than the reading showed.
 *
 * Nor does a sentence claim what the engine does not record: an overdue policy takes effect at the next claim on
 * the queue, not before; a cancelled run may keep executing until its worker's next call. Delays and strategy
 * checks follow schema 0.5.0.
 */
export function diagnose(detail: TaskDetail, now: Iso = detail.now): Diagnosis {
  const run = findCurrentRun(detail);
  if (!run)
    return {
      tone: "bad",
      parts: sentence`No attempts recorded: the rows were changed outside the engine.`,
    };
  const facts = collectFacts(detail, run, toMs(now));
  const ended = explainEnded(facts);
  if (ended) return ended;
  const hazard = explainHazard(facts);
  const verdict = hazard ?? explainRunning(facts) ?? explainWaiting(facts);
  return dateReading(addHotLoop(addBlockedQueue(verdict, facts), facts), facts, toMs(now));
}

/** Names the task that makes every claim on the queue fail, unless it is this task. */
function addBlockedQueue(verdict: Diagnosis, { detail }: Facts): Diagnosis {
  const { claims, task } = detail;
  const [poison] = claims?.poison ?? [];
  if (!poison || claims?.poison.some(({ taskId }) => taskId === task.taskId)) return verdict;
  const { taskId, name, field, value } = poison;
  return {
    ...verdict,
    tone: "bad",
    parts: sentence`${verdict.parts} Every claim on queue ${code(task.queue)} fails, because task ${link(name, { queue: task.queue, taskId })} has ${code(`${field}: ${value}`)}, ${explainPoison(value)}: cancel that task.`,
  };
}

/** Attempts from which retries without limit and delay are called a hot loop. */
const HOT_LOOP = 10;

/** Unlimited attempts without a delay fail as fast as workers claim them. */
function addHotLoop(verdict: Diagnosis, { detail, run }: Facts): Diagnosis {
  const { task, runs } = detail;
  const delay = retryDelaySeconds(task.retryStrategy, run.attempt);
  const isUnlimited = task.maxAttempts === null && "seconds" in delay && delay.seconds === 0;
  const ended = runs.flatMap(({ failedAt }) => (failedAt ? toMs(failedAt) : [])).slice(-HOT_LOOP);
  const [first, last] = [ended[0], ended.at(-1)];
  if (!isUnlimited || ended.length < HOT_LOOP || first === undefined || last === undefined)
    return verdict;
  return {
    ...verdict,
    tone: verdict.tone === "bad" ? "bad" : "warning",
    parts: sentence`${verdict.parts} Hot loop: attempt ${strong(formatNumber(task.attempts))}, with no limit on attempts and no delay between them; the last ${HOT_LOOP} failures are within ${duration(last - first)}.`,
    action: verdict.action ?? { kind: "cancel" },
  };
}

/** An active task may have changed since an old reading, so its verdict is dated. */
function dateReading(verdict: Diagnosis, { readAt }: Facts, clock: number): Diagnosis {
  const old = clock - readAt;
  if (old <= FRESH_MS) return verdict;
  return { ...verdict, parts: sentence`As of ${age(old)} ago: ${verdict.parts}` };
}

/**
 * A problem of an active task in any activity: an invalid or overdue policy, or rows that contradict each other.
 */
function explainHazard({
  detail,
  run,
  activity,
  policy,
  deadline,
  readAt,
}: Facts): Diagnosis | null {
  const { task } = detail;
  const action = { kind: "cancel" } as const;
  const poison =
    policy.poison ?? detail.claims?.poison.find(({ taskId }) => taskId === task.taskId);
  if (poison) {
    const { field, value } = poison;
    return {
      tone: "bad",
      parts: sentence`Its cancellation policy has ${code(`${field}: ${value}`)}, ${explainPoison(value)}. Every claim on queue ${code(task.queue)} fails while this task is active; cancel it to unblock the queue.`,
      action,
    };
  }
  if (!activity)
    return {
      tone: "bad",
      parts: sentence`The task is ${strong(task.state)}, but its last attempt is ${strong(run.state)}, so no worker can claim it: the rows were changed outside the engine.`,
      action,
    };
  if (!deadline || deadline.at > readAt) return null;
  const worker = activity.kind === "running" ? ", and its worker stops at its next call" : "";
  return {
    tone: "warning",
    parts: sentence`Past its ${code(deadline.field)} (${policyLength(deadline.seconds)}) since ${time(toInstant(deadline.at))}. The next claim on queue ${code(task.queue)} cancels it${worker}. No claim in the last ${age(readAt - deadline.at)}.`,
    action,
  };
}
