import { formatDuration, formatNumber } from "@/lib/format";
import { type Iso, toMs } from "@/lib/model/instants";
import type { QueueFlow } from "@/lib/model/rows/flow";

/** In minutes. A rate measured over a few minutes predicts nothing beyond this. */
const LONGEST = 24 * 60;

/**
 * How a backlog of ready tasks changes at the rates of its flow, as a sentence. An estimate: it assumes that tasks
 * keep arriving and being claimed at these rates.
 */
export function describeDrain(
  ready: number,
  { arrived, claimed, from }: Pick<QueueFlow, "arrived" | "claimed" | "from">,
  now: Iso,
): string {
  const minutes = (toMs(now) - toMs(from)) / 60_000;
  if (claimed === 0) return "Does not drain: nothing was claimed.";
  if (arrived.precision === "capped" && claimed >= arrived.value)
    return "Unknown: more arrived than are counted.";
  const perMinute = (claimed - arrived.value) / minutes;
  if (perMinute <= 0)
    return perMinute === 0
      ? "Does not drain: as many arrive as are claimed."
      : `Grows by ≈ ${formatRate(-perMinute)} a minute.`;
  const left = ready / perMinute;
  return left > LONGEST
    ? "Drains in more than a day at this rate."
    : `Drains in ≈ ${formatDuration(Math.max(Math.round(left), 1) * 60_000)} at this rate.`;
}

function formatRate(perMinute: number): string {
  return perMinute < 10 ? perMinute.toFixed(1) : formatNumber(Math.round(perMinute));
}
