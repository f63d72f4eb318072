import { cn } from "@/lib/cn";
import type { TaskState } from "@/lib/model/states";
import { StateIcon } from "./state-icon";
import { STATE_COLORS } from "./state-label";

/** Edge and ground of what is about a task in this state. */
export const EDGES: Record<TaskState, string> = {
  pending: "border-pending-line bg-pending-soft",
  running: "border-running-line bg-running-soft",
  sleeping: "border-sleeping-line bg-sleeping-soft",
  completed: "border-completed-line bg-completed-soft",
  failed: "border-failed-line bg-failed-soft",
  cancelled: "border-cancelled-line bg-cancelled-soft",
};

/** Sign and word of a state, for the subject of a page. */
export function StateBadge({ state }: { state: TaskState }) {
  return (
    <span
      className={cn(
        "inline-flex h-5 shrink-0 items-center gap-1 whitespace-nowrap rounded-full border pr-[7px] pl-1 font-medium text-12",
        STATE_COLORS[state],
        EDGES[state],
      )}
    >
      <StateIcon state={state} live />
      {state}
    </span>
  );
}
