import { QueueNotFoundError } from "@/lib/absurd/errors";
import { listQueues } from "@/lib/analytics/queues";
import { plural } from "@/lib/format";
import { ProblemError } from "@/lib/model/problem";
import type { Queue } from "@/lib/model/queue";

/**
 * The queue as it is now, also one whose tables cannot be read.
 *
 * @throws QueueNotFoundError
 */
export async function findQueue(name: string): Promise<Queue> {
  const { queues } = await listQueues();
  const queue = queues.find((one) => one.name === name);
  if (!queue) throw new QueueNotFoundError(name);
  return queue;
}

/** @throws ProblemError `has_active_tasks` */
export function refuseActiveTasks({ name, active }: Queue): void {
  const count = active.pending + active.running + active.sleeping;
  if (count === 0) return;
  throw new ProblemError({
    code: "has_active_tasks",
    message: `The queue "${name}" has ${plural(count, "active task")}, which would be lost.`,
    hint: "Accept that, or wait until they have ended.",
  });
}
