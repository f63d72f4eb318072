"use client";
import { lazyPart } from "@/components/ui/feedback/lazy";
import { Icon } from "@/components/ui/icons/icon";
import { Popover } from "@/components/ui/overlay/popover";
import type { JsonPath } from "@/lib/search-params/tasks/conditions";
import type { TaskFilters } from "@/lib/search-params/tasks/filters";

const ColumnOptions = lazyPart(() => import("./column-options").then((m) => m.ColumnOptions));

/** Chooses the JSON paths whose values are shown as columns. */
export function ColumnPicker(props: {
  filters: TaskFilters;
  onChange: (columns: JsonPath[]) => void;
}) {
  return (
    <Popover
      title="Columns"
      onIntent={ColumnOptions.preload}
      label={
        <>
          <Icon name="columns-3" size={14} />
          <span className="sr-only xwide:not-sr-only">Columns</span>
        </>
      }
    >
      {() => <ColumnOptions {...props} />}
    </Popover>
  );
}
