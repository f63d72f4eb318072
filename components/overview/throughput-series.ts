import { addUp, type Series } from "@/components/charts/stack";
import type { Throughput } from "@/lib/analytics/overview";

/** The attempts of all queues, from the bottom up: trouble stands on the ground, where it is easiest to compare. */
export function seriesOf({ queues }: Throughput): Series[] {
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

/** When a bucket begins. */
export function bucketStart({ from, stepSeconds }: Throughput, bucket: number): string {
  return new Date(Date.parse(from) + bucket * stepSeconds * 1000).toISOString();
}
