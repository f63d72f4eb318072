import { RUN_EFFECTS } from "./effects";
import { alreadyFailed, plain, taskCancelled } from "./refusal";
import type { World } from "./world";

export function setCheckpoint(
  world: World,
  taskId: string,
  step: string,
  state: string | null,
  ownerId: string,
  extendBy: number | null,
): void {
  const writer = world.runs.get(ownerId);
  if (!writer) throw plain(`Run "${ownerId}" not found for checkpoint`);
  if (world.getTask(writer).state === "cancelled") throw taskCancelled();
  if (writer.state === "failed") throw alreadyFailed(ownerId, world.queue);
  if (extendBy !== null && extendBy > 0 && writer.state === "running" && writer.claim_expires_at)
    world.writeRun(writer, "extend", RUN_EFFECTS.extend(world.now, extendBy));

  const owner = world.runs.get(world.checkpoints.get(`${taskId} ${step}`)?.owner_run_id ?? "");
  if (owner && writer.attempt < owner.attempt) {
    world.reached.add("checkpoint of a newer attempt kept");
    return;
  }
  world.reached.add(owner ? "checkpoint overwritten" : "checkpoint written");
  world.writeCheckpoint(taskId, step, state, ownerId);
}

/** The checkpoints visible to a run, by name, since rows of one instant have no order. */
export function listCheckpoints(world: World, taskId: string, runId: string) {
  const reader = world.runs.get(runId);
  if (!reader) throw plain(`Run "${runId}" not found in queue "${world.queue}"`);
  return [...world.checkpoints.values()]
    .filter((row) => row.task_id === taskId)
    .filter((row) => (world.runs.get(row.owner_run_id ?? "")?.attempt ?? 0) <= reader.attempt)
    .map(({ checkpoint_name, state, status, owner_run_id }) => ({
      ...{ checkpoint_name, state, status, owner_run_id },
    }));
}
