"use client";
import { Banner } from "@/components/ui/feedback/banner";
import { Button } from "@/components/ui/form/button";
import { AbsoluteTime } from "@/components/ui/text/relative-time";
import { plural } from "@/lib/format";
import type { Page } from "@/lib/model/page";
import type { TaskSummary } from "@/lib/model/task";
import type { SearchOn } from "../search/continue-search";

/** What a page of tasks leaves out, said where the rows end. */
export function PartialNotes({
  page,
  search,
  onTurn,
}: {
  page: Page<TaskSummary>;
  search: SearchOn | null;
  onTurn: (cursor: string) => void;
}) {
  const { searchedTo, rankedFrom, newer, unreadable } = page;
  return (
    <div className="flex flex-col gap-2 p-3 wide:px-4">
      {search && search.status !== "done" && <SearchProgress search={search} />}
      {searchedTo && !search && (
        <Banner
          tone="plain"
          icon="hourglass"
          action={newer && <Button onClick={() => onTurn(newer)}>Keep searching</Button>}
        >
          Looked up to <AbsoluteTime iso={searchedTo} />: no index serves this filter, so it is
          searched in steps.
        </Banner>
      )}
      {rankedFrom && (
        <Banner tone="plain" icon="hourglass">
          Ranked are the tasks since <AbsoluteTime iso={rankedFrom} />; this window holds more.
          Narrow it by time or queue to rank all of it.
        </Banner>
      )}
      {unreadable && unreadable.length > 0 && (
        <Banner tone="warning" icon="eye-off">
          Without the tasks of {unreadable.join(", ")}: the dashboard may not read them.
        </Banner>
      )}
    </div>
  );
}

/** How far back a search got that no index serves, and the way to stop it or to go on. */
function SearchProgress({ search }: { search: SearchOn }) {
  const { status, searchedTo, rows, problem } = search;
  const running = status === "running";
  return (
    <Banner
      tone={problem ? "warning" : "plain"}
      icon="hourglass"
      action={
        <Button onClick={running ? search.stop : search.goOn}>{running ? "Stop" : "Go on"}</Button>
      }
    >
      {problem ??
        (running ? "Searching newest first, in steps: no index serves this." : "Stopped.")}{" "}
      {searchedTo && (
        <>
          Looked back to <AbsoluteTime iso={searchedTo} />
          {rows.length > 0 && `, ${plural(rows.length, "more task")} found`}.
        </>
      )}
    </Banner>
  );
}
