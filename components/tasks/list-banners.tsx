"use client";
import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import type { TaskFilters } from "@/lib/search-params/tasks";
import { sortProblem } from "@/lib/search-params/tasks-sort";

type Props = { filters: TaskFilters; onChange: (change: Partial<TaskFilters>) => void };

/** Why the list cannot be in the order that was chosen, and the step after which it can. */
export function OrderRefused({ filters, onChange }: Props) {
  const problem = sortProblem(filters);
  if (!problem) return null;
  const { message, change } = problem;
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
export function TooSlow({ onChange }: Pick<Props, "onChange">) {
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
