"use client";
import { Select } from "@/components/ui/form/select";
import type { TaskFilters } from "@/lib/search-params/tasks";
import { TASK_SORTS } from "@/lib/search-params/tasks-sort";
import { ORDERS } from "./list-order";

const OPTIONS = TASK_SORTS.map((value) => ({ value, label: ORDERS[value].label }));

/** The order of the list. One that the filters do not allow can be chosen too: the list then says what it needs. */
export function SortSelect({
  filters,
  onChange,
}: {
  filters: TaskFilters;
  onChange: (change: Partial<TaskFilters>) => void;
}) {
  return (
    <Select
      quiet
      aria-label="Order"
      value={filters.sort}
      options={OPTIONS}
      onChange={({ target }) => {
        const sort = TASK_SORTS.find((one) => one === target.value);
        if (sort) onChange({ sort });
      }}
    />
  );
}
