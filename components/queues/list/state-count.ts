import type { Count } from "@/lib/model/count";
import type { Queue } from "@/lib/model/queue";
import type { TaskState } from "@/lib/model/states";

/** How many tasks of a queue are in a state. */
export function stateCount({ active, terminal }: Queue, state: TaskState): Count {
  return state === "pending" || state === "running" || state === "sleeping"
    ? { value: active[state], precision: "exact" }
    : terminal[state];
}

/** The sum of counts, no better than its worst part: one estimate makes it an estimate. */
export function addCounts(counts: readonly Count[]): Count {
  const worst = (["estimated", "capped"] as const).find((precision) =>
    counts.some((count) => count.precision === precision),
  );
  return {
    value: counts.reduce((sum, count) => sum + count.value, 0),
    precision: worst ?? "exact",
  };
}
