import type { SectionFigures } from "@/components/layout/frame/section-counts";
import { WINDOW_WORDS } from "@/components/layout/window/window-switch";
import type { Throughput } from "@/lib/analytics/overview";
import { countTotals, type QueueList } from "@/lib/model/queue";

/** The figures of a list of all queues and their attempts of a window, for the navigation. */
export function sumFigures(
  { queues, now }: QueueList,
  about: {
    throughput: Throughput | undefined;
    concerns: number | null;
    tenants: readonly string[];
  },
): SectionFigures {
  const { throughput, concerns, tenants } = about;
  const failed = throughput && {
    count: throughput.queues.flatMap(({ failed }) => failed).reduce((sum, count) => sum + count, 0),
    words: WINDOW_WORDS[throughput.window],
  };
  return { now, totals: countTotals(queues), concerns, failed, isOfTenants: tenants.length > 0 };
}
