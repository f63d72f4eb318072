import type { Iso, TaskDetail } from "@/lib/analytics/types";

/** When a task ended: its last attempt's end, or its cancellation; `null` while it is active. */
export function endOf({ task, runs }: TaskDetail): Iso | null {
  if (task.state === "cancelled") return task.cancelledAt;
  const last = runs.at(-1);
  if (task.state === "completed") return last?.completedAt ?? null;
  return task.state === "failed" ? (last?.failedAt ?? null) : null;
}
