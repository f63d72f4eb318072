import { total } from "@/components/charts/stack";
import type { Throughput } from "@/lib/analytics/overview";
import type { Queue } from "@/lib/model/queue";

/** The queues with the most to do or done, by name, so that rows stay where they are while the figures change. */
export function busiest(
  queues: readonly Queue[],
  throughput: Throughput | undefined,
  most: number,
): Queue[] {
  const done = new Map(
    throughput?.queues.map(({ name, completed, failed }) => [
      name,
      total(completed) + total(failed),
    ]),
  );
  const weight = ({ name, active, ready, unreadable }: Queue) =>
    (unreadable ? Number.POSITIVE_INFINITY : ready + active.running) + (done.get(name) ?? 0);
  const chosen = new Set([...queues].sort((a, b) => weight(b) - weight(a)).slice(0, most));
  return queues.filter((queue) => chosen.has(queue));
}
