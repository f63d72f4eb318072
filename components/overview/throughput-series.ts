import { addUp, type Series } from "@/components/charts/stack";
import type { Throughput } from "@/lib/analytics/overview";
import { toInstant, toMs } from "@/lib/model/instants";

/** Attempts of all queues, bottom to top. Failures are at the bottom, where heights are easiest to compare. */
export function toSeries({ queues }: Throughput): Series[] {
  return [
    { name: "failed", color: "text-failed-solid", values: addUp(queues.map((q) => q.failed)) },
    {
      name: "completed",
      color: "text-chart-completed",
      values: addUp(queues.map((q) => q.completed)),
    },
    { name: "running", color: "text-running-solid", values: addUp(queues.map((q) => q.running)) },
  ];
}

/** Start of a bucket as an ISO instant. */
export function bucketStart({ from, stepSeconds }: Throughput, bucket: number): string {
  return toInstant(toMs(from) + bucket * stepSeconds * 1000);
}
