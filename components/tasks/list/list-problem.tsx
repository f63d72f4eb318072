"use client";
import { Banner } from "@/components/ui/feedback/banner";
import { Button } from "@/components/ui/form/button";
import type { TaskFilters } from "@/lib/search-params/tasks";
import { type SortProblem, sortProblem } from "@/lib/search-params/tasks-sort-problem";

type Props = { filters: TaskFilters; onChange: (change: Partial<TaskFilters>) => void };

/** Why there is no list: it cannot be in the order that was chosen, or it would take too long to read. */
export function ListProblem({ filters, onChange }: Props) {
  const problem = sortProblem(filters);
  return (
    <div className="px-3 pb-2 wide:px-4">
      {problem ? (
        <OrderRefused {...problem} onChange={onChange} />
      ) : (
        <TooSlow onChange={onChange} />
      )}
    </div>
  );
}

/** The step after which the list can be in this order. */
function OrderRefused({ message, change, onChange }: SortProblem & Pick<Props, "onChange">) {
  return (
    <Banner
      tone="plain"
      icon="arrow-down-wide-narrow"
      action={
        <>
          <Button onClick={() => onChange(change)}>
            {"state" in change ? `Only ${change.state.join(", ")}` : "Last 24 h"}
          </Button>
          <Button variant="ghost" onClick={() => onChange({ sort: "newest" })}>
            Newest first
          </Button>
        </>
      }
    >
      {message}
    </Banner>
  );
}

/** The read was withdrawn because it would have taken too long. */
function TooSlow({ onChange }: Pick<Props, "onChange">) {
  return (
    <Banner
      tone="warning"
      icon="timer"
      action={<Button onClick={() => onChange({ range: "24h" })}>Last 24 h</Button>}
    >
      <strong className="font-semibold">Stopped: this reads too much.</strong> Narrow it by time,
      queue or state.
    </Banner>
  );
}
