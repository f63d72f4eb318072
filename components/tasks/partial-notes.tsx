"use client";
import { EyeOff, Hourglass } from "lucide-react";
import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { AbsoluteTime } from "@/components/ui/relative-time";
import type { Page, TaskSummary } from "@/lib/analytics/types";

/** What a page of tasks leaves out, said where the rows end. */
export function PartialNotes({
  page,
  onTurn,
}: {
  page: Page<TaskSummary>;
  onTurn: (cursor: string) => void;
}) {
  const { searchedTo, older, unreadable } = page;
  if (!searchedTo && !unreadable?.length) return null;
  return (
    <div className="flex flex-col gap-2 p-3 wide:px-4">
      {searchedTo && (
        <Banner
          tone="plain"
          icon={Hourglass}
          action={older && <Button onClick={() => onTurn(older)}>Keep searching</Button>}
        >
          Looked back to <AbsoluteTime iso={searchedTo} />: no index serves this filter, so it is
          searched in steps.
        </Banner>
      )}
      {unreadable && unreadable.length > 0 && (
        <Banner tone="warning" icon={EyeOff}>
          Without the tasks of {unreadable.join(", ")}: the dashboard may not read them.
        </Banner>
      )}
    </div>
  );
}
