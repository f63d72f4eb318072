import { isActive, type TaskRow } from "./rows";
import type { Oracle, World } from "./world";

/** Deletes the tasks that the engine deleted, after checking that its choice was valid. Returns their number. */
export function cleanupTasks(world: World, ttl: number, limit: number, oracle: Oracle): number {
  const deleted = chosen(
    [...world.tasks.values()].flatMap((task) => {
      const endedAt = getEnd(world, task);
      return endedAt !== null && endedAt < world.now - ttl
        ? [{ age: endedAt, kept: oracle.keptTask(task.task_id), id: task.task_id }]
        : [];
    }),
    limit,
  );
  for (const id of deleted) {
    world.reached.add("task cleaned up");
    world.tasks.delete(id);
    for (const [key, run] of world.runs) if (run.task_id === id) world.runs.delete(key);
    for (const [key, row] of world.checkpoints)
      if (row.task_id === id) world.checkpoints.delete(key);
    world.deleteWaits((wait) => wait.task_id === id);
  }
  return deleted.length;
}

export function cleanupEvents(world: World, ttl: number, limit: number, oracle: Oracle): number {
  const deleted = chosen(
    [...world.events.values()]
      .filter((event) => event.emitted_at < world.now - ttl)
      .map(({ event_name: id, emitted_at: age }) => ({ age, kept: oracle.keptEvent(id), id })),
    limit,
  );
  for (const name of deleted) {
    world.reached.add("event cleaned up");
    world.events.delete(name);
  }
  return deleted.length;
}

function getEnd(world: World, task: TaskRow): number | null {
  if (isActive(task)) return null;
  if (task.state === "cancelled") return task.cancelled_at;
  const last = world.runs.get(task.last_attempt_run ?? "");
  return (task.state === "completed" ? last?.completed_at : last?.failed_at) ?? null;
}

type Candidate = { age: number; kept: boolean; id: string };

/** The oldest are first; the order of equals is up to the engine. */
function chosen(candidates: Candidate[], limit: number): string[] {
  const deleted = candidates.filter(({ kept }) => !kept);
  const expected = Math.min(limit, candidates.length);
  if (deleted.length !== expected)
    throw new Error(`cleaned up ${deleted.length}, expected ${expected}`);
  const newestDeleted = Math.max(...deleted.map(({ age }) => age));
  if (candidates.some(({ kept, age }) => kept && age < newestDeleted))
    throw new Error("cleaned up a newer one before an older one");
  return deleted.map(({ id }) => id);
}
