"use client";
import { Banner } from "@/components/ui/feedback/banner";
import { AbsoluteTime } from "@/components/ui/text/relative-time";
import type { FailureList } from "@/lib/analytics/failures";
import { formatNumber, plural } from "@/lib/format";

/** What the list leaves out. */
export function FailureNotes({ list }: { list: FailureList }) {
  return (
    <>
      {list.lookedBackTo && (
        <Banner tone="plain" icon="hourglass">
          Very much failed: these are the newest {formatNumber(list.attempts)} failed attempts, back
          to <AbsoluteTime iso={list.lookedBackTo} />. Narrow it by queue to see further.
        </Banner>
      )}
      {list.hiddenGroups > 0 && (
        <Banner tone="plain" icon="hourglass">
          {plural(list.hiddenGroups, "rarer cause")} not shown. Narrow it by queue or task name.
        </Banner>
      )}
      {list.unreadable.length > 0 && (
        <Banner tone="warning" icon="eye-off">
          Without the failures of {list.unreadable.join(", ")}: the dashboard may not read them.
        </Banner>
      )}
    </>
  );
}
