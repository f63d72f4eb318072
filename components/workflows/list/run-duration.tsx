"use client";
import { useClock } from "@/components/ui/text/clock";
import { NoValue } from "@/components/ui/text/no-value";
import { ACTIVE_STATES } from "@/lib/absurd/types";
import type { WorkflowRunSummary } from "@/lib/analytics/workflow-types";
import { formatAge, formatDuration } from "@/lib/timeline/duration";

/** From the start of a run to its end; growing only while it really goes on. */
export function RunDuration({ run }: { run: WorkflowRunSummary }) {
  const { startedAt: from, completedAt: to } = run;
  const grows = from !== null && to === null && isActive(run);
  const growing = useClock((now) => (grows ? formatAge(now - Date.parse(from)) : ""));
  if (from && to) return formatDuration(Date.parse(to) - Date.parse(from));
  return growing || <NoValue />;
}

/** Whether more can happen to this run. */
export function isActive({ status, stale }: WorkflowRunSummary): boolean {
  return stale === null && ACTIVE_STATES.some((state) => state === status);
}
