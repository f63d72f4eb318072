"use client";
import { useClock } from "@/components/ui/text/clock";
import { NoValue } from "@/components/ui/text/count";
import { formatAge, formatDuration } from "@/lib/format";
import { isActive } from "@/lib/model/states";
import type { WorkflowRunSummary } from "@/lib/model/workflow";

/** From the start of a run to its end; growing only while it really goes on. */
export function RunDuration({ run }: { run: WorkflowRunSummary }) {
  const { startedAt: from, completedAt: to } = run;
  const grows = from !== null && to === null && isRunActive(run);
  const growing = useClock((now) => (grows ? formatAge(now - Date.parse(from)) : ""));
  if (from && to) return formatDuration(Date.parse(to) - Date.parse(from));
  return growing || <NoValue />;
}

/** Whether more can happen to this run. */
export function isRunActive({ status, stale }: WorkflowRunSummary): boolean {
  return stale === null && isActive(status);
}
