import { total } from "@/components/charts/stack";
import { WINDOW_WORDS } from "@/components/charts/window-switch";
import { failuresPath } from "@/components/failures/paths";
import type { Concern } from "@/components/queues/concerns";
import type { FailureList } from "@/lib/analytics/failures";
import type { Throughput } from "@/lib/analytics/overview";
import { formatNumber } from "@/lib/format";

/** A queue is worth a sentence when so many attempts failed, and they are so large a share of those that ended. */
const LEAST = 10;
const SHARE = 0.1;

/** Queues in which much fails, the largest number of failures first, with the most frequent error where it is known. */
export function failingQueues(
  throughput: Throughput | undefined,
  failures: FailureList | undefined,
): Concern[] {
  if (!throughput) return [];
  const { window } = throughput;
  return throughput.queues
    .map((queue) => {
      const failed = total(queue.failed);
      return { name: queue.name, failed, ended: failed + total(queue.completed) };
    })
    .filter(({ failed, ended }) => failed >= LEAST && failed / ended >= SHARE)
    .sort((a, b) => b.failed - a.failed)
    .map(({ name, failed, ended }) => ({
      key: `${name} failing`,
      state: "failed",
      queue: name,
      text: `${formatNumber(failed)} of ${formatNumber(ended)} attempts failed in the ${WINDOW_WORDS[window]}${mostly(name, failures)}`,
      href: failuresPath({ range: window, queue: [name] }),
      action: "Show failures",
    }));
}

function mostly(queue: string, failures: FailureList | undefined): string {
  const group = failures?.groups.find(({ queues }) => queues[0] === queue);
  if (!group?.errorName) return "";
  return `, most often ${group.taskName} with ${group.errorName}`;
}
