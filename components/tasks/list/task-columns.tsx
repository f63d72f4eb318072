"use client";
import { lazyPart } from "@/components/ui/feedback/lazy-part";
import { Icon } from "@/components/ui/icons/icon";
import { Popover } from "@/components/ui/overlay/popover";
import type { TaskFilters } from "@/lib/search-params/tasks";
import type { JsonPath } from "@/lib/search-params/tasks-paths";

const ColumnChoice = lazyPart(() => import("./column-choice").then((m) => m.ColumnChoice));

/** Which values of their JSON the tasks show beside them. */
export function TaskColumns(props: {
  filters: TaskFilters;
  onChange: (columns: JsonPath[]) => void;
}) {
  return (
    <Popover
      title="Columns"
      onNear={ColumnChoice.preload}
      label={
        <>
          <Icon name="columns-3" size={14} />
          <span className="sr-only xwide:not-sr-only">Columns</span>
        </>
      }
    >
      {() => <ColumnChoice {...props} />}
    </Popover>
  );
}
