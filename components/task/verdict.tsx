"use client";
import type { ReactNode } from "react";
import { StateIcon } from "@/components/tasks/state/state-icon";
import { STATE_SURFACES } from "@/components/tasks/state/state-label";
import { useClock } from "@/components/ui/text/clock";
import { cn } from "@/lib/cn";
import { diagnose } from "@/lib/diagnosis/diagnose";
import type { SuggestedAction } from "@/lib/diagnosis/facts";
import { code } from "@/lib/diagnosis/sentence";
import { toInstant, toMs } from "@/lib/model/instants";
import type { TaskDetail } from "@/lib/model/task";
import { Sentence } from "./sentence";

/** Explains the task's state in a sentence that updates with the clock, with the suggested action. */
export function Verdict({
  detail,
  stepWords,
  action,
}: {
  detail: TaskDetail;
  /** Words for steps whose names are internal. */
  stepWords?: ReadonlyMap<string, string>;
  action: (suggested: SuggestedAction) => ReactNode;
}) {
  const now = useClock((time) => time);
  const verdict = diagnose(detail, toInstant(now || toMs(detail.now)));
  const { state } = detail.task;
  return (
    <section
      aria-label="Diagnosis"
      className={cn(
        "flex min-h-10 flex-col gap-2 rounded-2 border px-3 pt-1 pb-2 wide:py-1 wide:pr-1.5 wide:flex-row wide:items-center",
        STATE_SURFACES[state],
      )}
    >
      <div className="flex min-w-0 flex-1 gap-2.5 py-1">
        <span className="pt-[3px]">
          <StateIcon state={state} live />
        </span>
        <p className="min-w-0 break-words text-14">
          <Sentence
            parts={verdict.parts.map((part) => {
              const words = part.kind === "code" ? stepWords?.get(part.text) : undefined;
              return words === undefined ? part : code(words);
            })}
          />
        </p>
      </div>
      {verdict.action && action(verdict.action)}
    </section>
  );
}
