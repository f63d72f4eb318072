"use no memo";
import type { TaskState } from "@/lib/model/states";

/** `3/5`: attempts scheduled and the maximum. Red if a failed task has none left. */
export function AttemptCount({
  task,
}: {
  task: { state: TaskState; attempts: number; maxAttempts: number | null };
}) {
  const { attempts, maxAttempts } = task;
  const exhausted = task.state === "failed" && maxAttempts !== null && attempts >= maxAttempts;
  return (
    <span
      className="whitespace-nowrap"
      data-tip={
        maxAttempts === null
          ? `attempt ${attempts}, no limit`
          : `attempt ${attempts} of ${maxAttempts}`
      }
    >
      <span className={exhausted ? "font-medium text-failed" : undefined}>{attempts}</span>
      <span className="text-ink-3">/{maxAttempts ?? "∞"}</span>
    </span>
  );
}
