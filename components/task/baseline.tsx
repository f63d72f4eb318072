"use client";
import { useQuery } from "@tanstack/react-query";
import { useZone } from "@/components/ui/text/zone";
import { formatDuration, formatMinute } from "@/lib/format";
import { toMs } from "@/lib/model/instants";
import type { Run, Task } from "@/lib/model/task";
import { usualQuery } from "@/lib/query/task";

type NamedTask = Pick<Task, "queue" | "name">;

/** Duration of an ended attempt from its last claim, with the baseline of its task name. */
export function AttemptDuration({ task, run }: { task: NamedTask; run: Run }) {
  const endedAt = run.completedAt ?? run.failedAt;
  if (!endedAt || !run.startedAt) return null;
  const ms = toMs(endedAt) - toMs(run.startedAt);
  return (
    <>
      {formatDuration(ms)} <Baseline task={task} of="attempt" ms={ms} />
    </>
  );
}

/**
 * `(usually 470 ms)`: the baseline beside a duration, emphasised if the duration is well above it; the tooltip explains
 * how it was measured. Renders nothing while the baseline is loading or if too few tasks have completed.
 */
export function Baseline({
  task,
  of,
  ms,
  each = false,
}: {
  task: NamedTask;
  of: "attempt" | "task";
  ms: number;
  /** Whether the duration is per attempt of a task with several. */
  each?: boolean;
}) {
  const baseline = useQuery(usualQuery(task.queue, task.name)).data?.usual;
  const zone = useZone();
  if (!baseline) return null;
  const baselineMs = of === "attempt" ? baseline.attemptMs : baseline.taskMs;
  const slow = isSlow(ms, baselineMs);
  const minute = (iso: string) => formatMinute(iso, zone);
  return (
    <span
      className={slow ? "font-medium text-pending" : "font-normal text-ink-3"}
      data-tip={`${slow ? "Slower than usual. " : ""}Median of ${baseline.tasks} completed tasks of this name, spawned from ${minute(baseline.from)} to ${minute(baseline.to)} ${zone}`}
    >
      (usually {formatDuration(baselineMs)}
      {each && " each"})
    </span>
  );
}

/** Shorter baselines are mostly noise. */
const MIN_BASELINE_MS = 5;

/** Whether a duration is at least three times its baseline and more than 100 ms longer. Both in milliseconds. */
export function isSlow(ms: number, baselineMs: number): boolean {
  return ms >= 3 * Math.max(baselineMs, MIN_BASELINE_MS) && ms - baselineMs > 100;
}
