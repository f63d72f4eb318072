import { write } from "./canonical";
import { RUN_EFFECTS, TASK_EFFECTS } from "./effects";
import { alreadyFailed, plain, type Refusal, taskCancelled } from "./refusal";
import { retryDelay } from "./retry";
import { isActive, type RunRow, type TaskRow } from "./rows";
import { insertRun } from "./spawn";
import { type Oracle, sorted, type World } from "./world";

export function claimTask(
  world: World,
  worker: string,
  lease: number,
  quantity: number,
  oracle: Oracle,
) {
  const { now } = world;
  const limit = Math.max(quantity, 1);
  for (const task of world.tasks.values()) {
    if (isActive(task) && isOverdue(task, now)) {
      world.reached.add(task.first_started_at === null ? "max_delay due" : "max_duration due");
      cancelTask(world, task.task_id);
    }
  }
  const expired = sorted(world.runs.values(), (run) => run.run_id)
    .filter((run) => run.state === "running" && (run.claim_expires_at ?? now + 1) <= now)
    .sort((a, b) => (a.claim_expires_at ?? 0) - (b.claim_expires_at ?? 0))
    .slice(0, limit);
  for (const run of expired) {
    world.reached.add("lease expired");
    failRun(world, run.run_id, claimTimeout(run), null, oracle);
  }

  const claimed = sorted(world.runs.values(), (run) => run.run_id)
    .filter((run) => run.state === "pending" || run.state === "sleeping")
    .filter((run) => run.available_at <= now && isActive(world.getTask(run)))
    .sort((a, b) => a.available_at - b.available_at)
    .slice(0, limit);
  return claimed.map((run) => {
    const task = world.getTask(run);
    if (run.wake_event !== null) world.reached.add("claim after a timeout");
    world.writeRun(run, "claim", RUN_EFFECTS.claim(now, worker, lease));
    world.writeTask(task, "claim", TASK_EFFECTS.claim(now, task, run));
    world.deleteWaits((wait) => wait.run_id === run.run_id && (wait.timeout_at ?? now + 1) <= now);
    const { run_id, task_id, attempt, wake_event, event_payload } = run;
    const { task_name, params, retry_strategy, max_attempts, headers } = task;
    return {
      ...{ run_id, task_id, attempt, task_name, params, retry_strategy, max_attempts, headers },
      ...{ wake_event, event_payload },
    };
  });
}

function isOverdue(task: TaskRow, now: number): boolean {
  const policy = JSON.parse(task.cancellation ?? "null");
  const started = task.first_started_at;
  if (started === null)
    return typeof policy?.max_delay === "number" && now - task.enqueue_at >= policy.max_delay;
  return typeof policy?.max_duration === "number" && now - started >= policy.max_duration;
}

function claimTimeout(run: RunRow): string {
  const expiredAt = new Date((run.claim_expires_at ?? 0) * 1000).toISOString();
  return write({
    name: "$ClaimTimeout",
    message: "worker did not finish task within claim interval",
    workerId: run.claimed_by,
    claimExpiredAt: expiredAt.replace(".000Z", "+00:00"),
    attempt: run.attempt,
  });
}

export function completeRun(world: World, runId: string, result: string | null): void {
  const run = world.runs.get(runId);
  if (!run) throw plain(`Run "${runId}" not found in queue "${world.queue}"`);
  if (run.state === "cancelled") throw taskCancelled();
  if (run.state === "failed") throw alreadyFailed(runId, world.queue);
  if (run.state !== "running") throw notRunning(world, runId);
  world.writeRun(run, "complete", RUN_EFFECTS.complete(world.now, result));
  world.writeTask(world.getTask(run), "complete", TASK_EFFECTS.complete(run, result));
  world.deleteWaits((wait) => wait.run_id === runId);
}

export function scheduleRun(world: World, runId: string, wakeAt: number): void {
  const run = world.runs.get(runId);
  if (run?.state !== "running") throw notRunning(world, runId);
  world.writeRun(run, "schedule", RUN_EFFECTS.schedule(wakeAt));
  world.writeTask(world.getTask(run), "suspend", TASK_EFFECTS.suspend());
}

export function failRun(
  world: World,
  runId: string,
  reason: string | null,
  retryAt: number | null,
  oracle: Oracle,
): void {
  const run = world.runs.get(runId);
  if (run?.state === "cancelled") throw taskCancelled();
  if (run?.state === "failed") throw alreadyFailed(runId, world.queue);
  if (run?.state !== "running" && run?.state !== "sleeping")
    throw plain(`Run "${runId}" cannot be failed in queue "${world.queue}"`);
  const task = world.getTask(run);
  world.writeRun(run, "fail", RUN_EFFECTS.fail(world.now, reason));
  const { outcome, last } = afterFailure(world, task, run, retryAt, oracle);
  world.writeTask(task, `fail to ${outcome}`, TASK_EFFECTS.fail(world.now, task, outcome, last));
  world.deleteWaits((wait) => wait.run_id === runId);
}

function afterFailure(
  world: World,
  task: TaskRow,
  run: RunRow,
  retryAt: number | null,
  oracle: Oracle,
) {
  const allowed = task.max_attempts === null || run.attempt + 1 <= task.max_attempts;
  if (!allowed) return { outcome: "failed" as const, last: run };
  const delay = retryDelay(task.retry_strategy, run.attempt);
  const next = Math.max(retryAt ?? world.now + delay, world.now);
  const { max_duration: duration } = JSON.parse(task.cancellation ?? "null") ?? {};
  const started = task.first_started_at;
  if (typeof duration === "number" && started !== null && next - started >= duration)
    return { outcome: "cancelled" as const, last: run };
  const retry = insertRun(world, task.task_id, run.attempt + 1, oracle, next);
  return { outcome: retry.state, last: retry };
}

export function cancelTask(world: World, taskId: string): void {
  const task = world.tasks.get(taskId);
  if (!task) throw plain(`Task "${taskId}" not found in queue "${world.queue}"`);
  if (!isActive(task)) return;
  for (const run of world.listRuns(taskId).filter(isActive))
    world.writeRun(run, `cancel ${run.state}`, RUN_EFFECTS.cancel());
  world.writeTask(task, "cancel", TASK_EFFECTS.cancel(world.now, task));
  world.deleteWaits((wait) => wait.task_id === taskId);
}

export function extendClaim(world: World, runId: string, seconds: number): void {
  if (seconds <= 0) throw plain("extend_by must be > 0");
  const run = world.runs.get(runId);
  if (!run) throw plain(`Run "${runId}" not found in queue "${world.queue}"`);
  if (world.getTask(run).state === "cancelled") throw taskCancelled();
  if (run.state === "failed") throw alreadyFailed(runId, world.queue);
  if (run.state !== "running") throw notRunning(world, runId);
  if (run.claim_expires_at === null)
    throw plain(`Run "${runId}" does not have an active claim in queue "${world.queue}"`);
  world.writeRun(run, "extend", RUN_EFFECTS.extend(world.now, seconds));
}

const notRunning = (world: World, runId: string): Refusal =>
  plain(`Run "${runId}" is not currently running in queue "${world.queue}"`);
