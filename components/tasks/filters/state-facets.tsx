"use client";
"use no memo";
import { useQueues } from "@/components/queues/use-queues";
import { CountText } from "@/components/ui/text/count";
import { cn } from "@/lib/cn";
import { sumCounts } from "@/lib/model/count";
import { countInState } from "@/lib/model/queue";
import { TASK_STATES, type TaskState } from "@/lib/model/states";
import type { TaskFilters } from "@/lib/search-params/tasks/filters";
import { StateIcon } from "../state/state-icon";
import { isFiltered } from "./use-task-filters";

/** Toggles for the six states, each with its task count in the chosen queues. */
export function StateFacets({
  filters,
  onChange,
}: {
  filters: TaskFilters;
  onChange: (change: Partial<TaskFilters>) => void;
}) {
  const { data } = useQueues();
  const queues = data?.queues.filter(
    ({ name }) => filters.queue.length === 0 || filters.queue.includes(name),
  );
  // The counts cover whole queues and would be misleading next to a list with further filters.
  const narrower = isFiltered({ ...filters, state: [], queue: [] }, undefined);
  const toggle = (state: TaskState) =>
    onChange({
      state: filters.state.includes(state)
        ? filters.state.filter((one) => one !== state)
        : TASK_STATES.filter((one) => one === state || filters.state.includes(one)),
    });
  return (
    <fieldset className="flex min-w-0 items-center gap-1 overflow-x-auto [scrollbar-width:none]">
      <legend className="sr-only">States</legend>
      {TASK_STATES.map((state) => {
        const on = filters.state.includes(state);
        return (
          <button
            key={state}
            type="button"
            aria-pressed={on}
            onClick={() => toggle(state)}
            className={cn(
              "inline-flex h-9 shrink-0 items-center gap-[5px] rounded-full border pr-2 pl-1.5 text-12 -outline-offset-1 wide:h-6",
              on ? "border-line-strong bg-active text-ink" : "text-ink-2 hover:bg-hover",
            )}
          >
            <StateIcon state={state} />
            {state}
            {queues && !narrower && (
              <CountText
                count={sumCounts(queues.map((queue) => countInState(queue, state)))}
                className="font-medium text-ink"
              />
            )}
          </button>
        );
      })}
    </fieldset>
  );
}
