import { RUN_EFFECTS, TASK_EFFECTS } from "./effects";
import { plain, taskCancelled } from "./refusal";
import type { World } from "./world";

export function awaitEvent(
  world: World,
  taskId: string,
  runId: string,
  step: string,
  event: string,
  timeout: number | null,
) {
  const known = world.checkpoints.get(`${taskId} ${step}`)?.state ?? null;
  if (known !== null) return [{ should_suspend: false, payload: known }];
  if (!world.events.has(event))
    world.events.set(event, { event_name: event, payload: null, emitted_at: 0 });
  const run = world.runs.get(runId);
  if (!run) throw plain(`Run "${runId}" not found while awaiting event`);
  const task = world.getTask(run);
  if (task.state === "cancelled") throw taskCancelled();
  const hadPayload = run.event_payload !== null;
  if (hadPayload) world.writeRun(run, "consume payload", RUN_EFFECTS.consumePayload());
  if (run.state !== "running") throw plain(`Run "${runId}" must be running to await events`);

  const payload = world.events.get(event)?.payload ?? null;
  if (payload !== null) {
    world.reached.add("await of an emitted event");
    world.writeCheckpoint(taskId, step, payload, runId);
    return [{ should_suspend: false, payload }];
  }
  if (run.wake_event === event && !hadPayload) {
    world.writeRun(run, "notice timeout", RUN_EFFECTS.noticeTimeout());
    return [{ should_suspend: false, payload: null }];
  }
  const deadline = timeout === null ? null : world.now + timeout;
  world.waits.set(`${runId} ${step}`, {
    task_id: taskId,
    run_id: runId,
    step_name: step,
    event_name: event,
    timeout_at: deadline,
    created_at: world.now,
  });
  world.writeRun(run, "suspend", RUN_EFFECTS.suspend(event, deadline));
  world.writeTask(task, "suspend", TASK_EFFECTS.suspend());
  return [{ should_suspend: true, payload: null }];
}

export function emitEvent(world: World, event: string, given: string | null): void {
  const payload = given ?? "null";
  if ((world.events.get(event)?.payload ?? null) !== null) {
    world.reached.add("second emit ignored");
    return;
  }
  world.events.set(event, { event_name: event, payload, emitted_at: world.now });
  for (const [key, wait] of world.waits) {
    if (wait.event_name !== event) continue;
    const run = world.runs.get(wait.run_id);
    if (wait.timeout_at !== null && wait.timeout_at <= world.now) {
      world.reached.add("emit after the deadline");
      world.waits.delete(key);
    } else if (run?.state === "sleeping") {
      world.writeRun(run, "wake", RUN_EFFECTS.wake(world.now, payload));
      world.writeTask(world.getTask(run), "wake", TASK_EFFECTS.wake());
      world.writeCheckpoint(wait.task_id, wait.step_name, payload, wait.run_id);
      world.waits.delete(key);
    }
  }
}
