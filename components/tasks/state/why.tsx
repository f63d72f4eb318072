"use client";
import { Sentence } from "@/components/task/sentence";
import { useClock } from "@/components/ui/text/clock";
import { cn } from "@/lib/cn";
import { explainSummary } from "@/lib/diagnosis/explain-summary";
import { plainText } from "@/lib/diagnosis/sentence";
import type { TaskSummary } from "@/lib/model/task";

const TONES = {
  plain: "text-ink-2",
  good: "text-completed",
  warning: "text-pending",
  bad: "text-failed",
} as const;

/** Why a listed task is where it is, in a few words that tick with the clock. */
export function Why({ task }: { task: TaskSummary }) {
  const active = task.endedAt === null;
  // Rendered again each second only while the task is active: the words of an ended one do not change.
  const at = useClock((now) => (active ? now : 0));
  const now = new Date(at || Date.parse(task.endedAt ?? task.enqueuedAt)).toISOString();
  const { parts, tone } = explainSummary(task, now);
  return (
    <span className={cn("block truncate", TONES[tone])} title={plainText(parts)}>
      <Sentence parts={parts} />
    </span>
  );
}
