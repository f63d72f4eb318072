"use client";
import { lazyPart } from "@/components/ui/feedback/lazy";
import { Icon } from "@/components/ui/icons/icon";
import { Popover } from "@/components/ui/overlay/popover";
import type { TaskFilters } from "@/lib/search-params/tasks/filters";

const SavedViewList = lazyPart(() => import("./saved-view-list").then((m) => m.SavedViewList));

/** The views saved in this browser. */
export function SavedViews(props: { filters: TaskFilters; fixedQueue: string | undefined }) {
  return (
    <Popover
      title="Saved views"
      onIntent={SavedViewList.preload}
      label={
        <>
          <Icon name="bookmark" size={14} />
          <span className="sr-only xwide:not-sr-only">Views</span>
        </>
      }
    >
      {(close) => <SavedViewList {...props} close={close} />}
    </Popover>
  );
}
