import { total } from "@/components/charts/stack";
import { WINDOW_WORDS } from "@/components/layout/window/window-switch";
import type { FailureList } from "@/lib/analytics/failures";
import type { Throughput } from "@/lib/analytics/overview";
import type { Concern } from "@/lib/diagnosis/concerns";
import { formatNumber } from "@/lib/format";

/** A queue is a concern from this many failed attempts and this failure rate on. */
const MIN_FAILED = 10;
const MIN_RATE = 0.1;

/** Queues with a high failure rate, most failed attempts first, each with its most frequent error if known. */
export function listFailingQueues(
  throughput: Throughput | undefined,
  failures: FailureList | undefined,
): Concern[] {
  if (!throughput) return [];
  const { window } = throughput;
  return throughput.queues
    .map((queue) => {
      const failed = total(queue.failed);
      return { name: queue.name, failed, finished: failed + total(queue.completed) };
    })
    .filter(({ failed, finished }) => failed >= MIN_FAILED && failed / finished >= MIN_RATE)
    .sort((a, b) => b.failed - a.failed)
    .map(({ name, failed, finished }) => ({
      state: "failed",
      queue: name,
      text: `${formatNumber(failed)} of ${formatNumber(finished)} attempts failed in the ${WINDOW_WORDS[window]}${formatTopError(name, failures)}.`,
      target: "failures",
    }));
}

function formatTopError(queue: string, failures: FailureList | undefined): string {
  const group = failures?.groups.find(({ queues }) => queues[0] === queue);
  if (!group?.errorName) return "";
  return `, mostly ${group.taskName} with ${group.errorName}`;
}
