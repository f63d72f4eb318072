import type { ReactNode } from "react";
import type { Problem } from "@/lib/model/problem";
import { Icon } from "../icons/icon";

/** Why an action failed, under a title such as "Task not cancelled". */
export type FailedOutcome = Problem & { title: string };

/** A failed action inside its dialog, stating whether anything was changed. */
export function OutcomeError({
  failure,
  children,
}: {
  failure: FailedOutcome;
  /** What to do next, such as a button. */
  children?: ReactNode;
}) {
  return (
    <div
      role="alert"
      className="mt-3 rounded-2 border border-failed-line bg-failed-soft px-3 py-2 text-ink-2"
    >
      <p className="flex items-center gap-2 font-semibold text-ink">
        <Icon name="octagon-x" strokeWidth={2} className="shrink-0 text-failed-solid" />
        {failure.title}
      </p>
      <p className="mt-1 break-words">
        {failure.message}
        {failure.changed === false && " Nothing was changed."}
      </p>
      {failure.hint && <p className="mt-1">{failure.hint}</p>}
      <p className="mt-1 text-12 text-ink-3">
        Code <code className="mono">{failure.code}</code>
      </p>
      {children && <div className="mt-2">{children}</div>}
    </div>
  );
}
