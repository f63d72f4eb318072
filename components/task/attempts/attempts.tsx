import type { TaskState } from "@/lib/model/states";

/** `3/5`: attempts scheduled so far, of how many. Red when a failed task has none left. */
export function Attempts({
  task,
}: {
  task: { state: TaskState; attempts: number; maxAttempts: number | null };
}) {
  const { attempts, maxAttempts } = task;
  const exhausted = task.state === "failed" && maxAttempts !== null && attempts >= maxAttempts;
  return (
    <span
      className="whitespace-nowrap"
      title={`attempt ${attempts} of ${maxAttempts ?? "any number"}`}
    >
      <span className={exhausted ? "font-medium text-failed" : undefined}>{attempts}</span>
      <span className="text-ink-3">/{maxAttempts ?? "∞"}</span>
    </span>
  );
}
