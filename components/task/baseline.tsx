"use client";
import { useQuery } from "@tanstack/react-query";
import { useZone } from "@/components/ui/text/zone";
import { formatDuration, formatInstant } from "@/lib/format";
import type { Run, Task } from "@/lib/model/task";
import { usualQuery } from "@/lib/query/task";
import { compareWithUsual } from "./format-baseline";

/** What is usual for tasks of this name; `null` while it is not known, or nothing can be said. */
export function useUsual({ queue, name }: Pick<Task, "queue" | "name">) {
  return useQuery(usualQuery(queue, name)).data?.usual ?? null;
}

/** How long the last execution of an attempt that ended took, and whether that is usual. */
export function AttemptLength({ task, run }: { task: Pick<Task, "queue" | "name">; run: Run }) {
  const endedAt = run.completedAt ?? run.failedAt;
  if (!endedAt || !run.startedAt) return null;
  const ms = Date.parse(endedAt) - Date.parse(run.startedAt);
  return (
    <>
      {formatDuration(ms)} <TimesUsual task={task} of="attempt" ms={ms} />
    </>
  );
}

/** `3.2 times its usual`, with what that is and how it was measured; nothing where there is too little to go by. */
export function TimesUsual({
  task,
  of,
  ms,
}: {
  task: Pick<Task, "queue" | "name">;
  of: "attempt" | "task";
  ms: number;
}) {
  const usual = useUsual(task);
  const zone = useZone();
  if (!usual) return null;
  const usualMs = of === "attempt" ? usual.attemptMs : usual.taskMs;
  const { text, slow } = compareWithUsual(ms, usualMs);
  const day = (iso: string) => formatInstant(iso, zone).slice(0, 16);
  return (
    <span
      className={slow ? "font-medium text-pending" : "font-normal text-ink-3"}
      title={`Usually ${formatDuration(usualMs)}: the median of ${usual.tasks} completed tasks of this name, spawned from ${day(usual.from)} to ${day(usual.to)} ${zone}`}
    >
      {text}
    </span>
  );
}
