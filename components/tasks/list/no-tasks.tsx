"use client";
import { EmptyState } from "@/components/ui/feedback/empty-state";
import { Button } from "@/components/ui/form/button";
import type { TaskFilters } from "@/lib/search-params/tasks";

/** Why a list is empty, and what to do about it. */
export function NoTasks({
  filters,
  filtered,
  onChange,
  onClear,
}: {
  filters: TaskFilters;
  filtered: boolean;
  onChange: (change: Partial<TaskFilters>) => void;
  onClear: () => void;
}) {
  if (filters.cursor) {
    return (
      <EmptyState
        icon="list-checks"
        title="Nothing on this page"
        actions={
          <Button variant="primary" onClick={() => onChange({})}>
            Go to the newest
          </Button>
        }
      >
        The tasks that were here do not match any more, or were cleaned up.
      </EmptyState>
    );
  }
  if (filtered) {
    return (
      <EmptyState
        icon="list-checks"
        title="No task matches"
        actions={
          <>
            <Button variant="primary" onClick={onClear}>
              Remove all filters
            </Button>
            {filters.range && (
              <Button onClick={() => onChange({ range: null })}>Look at any time</Button>
            )}
            {filters.state.length > 0 && (
              <Button onClick={() => onChange({ state: [] })}>In any state</Button>
            )}
          </>
        }
      >
        Names and values are matched whole and as written, the text of an error in any part of it.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="list-checks" title="No task yet">
      Tasks appear here as soon as a program spawns one:{" "}
      <code className="mono">{'await absurd.spawn("my-task", params)'}</code>
    </EmptyState>
  );
}
