import type { Iso } from "@/lib/model/instants";
import type { TaskDetail } from "@/lib/model/task";

/** When a task ended: its last attempt's end, or its cancellation; `null` while it is active. */
export function endOf({ task, runs }: TaskDetail): Iso | null {
  if (task.state === "cancelled") return task.cancelledAt;
  const last = runs.at(-1);
  if (task.state === "completed") return last?.completedAt ?? null;
  return task.state === "failed" ? (last?.failedAt ?? null) : null;
}
