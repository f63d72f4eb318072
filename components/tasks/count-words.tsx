"use client";
import { AbsoluteTime } from "@/components/ui/relative-time";
import { plural } from "@/lib/format";
import type { Counting } from "./count-run";

/** How many there are, or how many were found so far and how far back. */
export function CountWords({ last, ended, problem }: Counting) {
  const complete = ended && !problem && last?.searchedTo === null;
  return (
    <>
      {last && (
        <span>
          <strong className="font-semibold text-ink">{plural(last.count, "task")}</strong>{" "}
          {complete ? "exactly" : "so far"}
          {last.unreadable.length > 0 && `, without ${last.unreadable.join(", ")}`}
          {last.searchedTo && (
            <span className="text-ink-3">
              {" · back to "}
              <AbsoluteTime iso={last.searchedTo} />
            </span>
          )}
        </span>
      )}
      {problem && <span className="text-failed">{problem}</span>}
    </>
  );
}
