"use client";
import { useClock } from "@/components/ui/text/clock";
import { NoValue } from "@/components/ui/text/count";
import { formatAge, formatDuration } from "@/lib/format";
import { toMs } from "@/lib/model/instants";
import { isActive } from "@/lib/model/states";
import type { WorkflowRunSummary } from "@/lib/model/workflow";

/** Duration of a run; it only grows while the run is active. */
export function RunDuration({ run }: { run: WorkflowRunSummary }) {
  const { startedAt: from, completedAt: to } = run;
  const grows = from !== null && to === null && isRunActive(run);
  const growing = useClock((now) => (grows ? formatAge(now - toMs(from)) : ""));
  if (from && to) return formatDuration(toMs(to) - toMs(from));
  return growing || <NoValue />;
}

/** Whether the run can still change: its status is active and its root task has not ended. */
export function isRunActive({ status, stale }: WorkflowRunSummary): boolean {
  return stale === null && isActive(status);
}
