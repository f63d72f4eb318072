import { cn } from "@/lib/cn";
import type { TaskState } from "@/lib/model/states";
import { StateIcon } from "./state-icon";

export const STATE_COLORS: Record<TaskState, string> = {
  pending: "text-pending",
  running: "text-running",
  sleeping: "text-sleeping",
  completed: "text-completed",
  failed: "text-failed",
  cancelled: "text-cancelled",
};

/** Sign and word of a state, for rows. */
export function StateLabel({ state }: { state: TaskState }) {
  return (
    <span
      className={cn(
        "inline-flex items-center gap-1.5 whitespace-nowrap align-top",
        STATE_COLORS[state],
      )}
    >
      <StateIcon state={state} />
      {state}
    </span>
  );
}
