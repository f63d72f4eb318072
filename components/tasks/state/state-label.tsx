"use no memo";
import { cn } from "@/lib/cn";
import type { TaskState } from "@/lib/model/states";
import { StateIcon } from "./state-icon";

const COLORS: Record<TaskState, string> = {
  pending: "text-pending",
  running: "text-running",
  sleeping: "text-sleeping",
  completed: "text-completed",
  failed: "text-failed",
  cancelled: "text-cancelled",
};

/** Icon and name of a state, for rows. */
export function StateLabel({ state }: { state: TaskState }) {
  return (
    <span
      className={cn("inline-flex items-center gap-1.5 whitespace-nowrap align-top", COLORS[state])}
    >
      <StateIcon state={state} />
      {state}
    </span>
  );
}

/** Border and background of a box about a task in this state. */
export const STATE_SURFACES: Record<TaskState, string> = {
  pending: "border-pending-line bg-pending-soft",
  running: "border-running-line bg-running-soft",
  sleeping: "border-sleeping-line bg-sleeping-soft",
  completed: "border-completed-line bg-completed-soft",
  failed: "border-failed-line bg-failed-soft",
  cancelled: "border-cancelled-line bg-cancelled-soft",
};

/** Icon and name of a state, for the subject of a page. */
export function StateBadge({ state }: { state: TaskState }) {
  return (
    <span
      className={cn(
        "inline-flex h-5 shrink-0 items-center gap-1 whitespace-nowrap rounded-full border pr-[7px] pl-1 font-medium text-12",
        COLORS[state],
        STATE_SURFACES[state],
      )}
    >
      <StateIcon state={state} live />
      {state}
    </span>
  );
}
