"use client";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Boundary } from "@/components/ui/feedback/boundary";
import { useHydrated } from "@/components/ui/feedback/use-hydrated";
import { ClockProvider, StoppedClock } from "@/components/ui/text/clock";
import { isNotFound } from "@/lib/model/problem";
import { ReadError } from "./read-error";
import { StaleNote } from "./stale-note";
import { useStale } from "./use-stale";

/**
 * Renders a live query: its skeleton, its error, or its data with the data's clock. The server renders the skeleton and
 * prefetches the data; the browser renders the data. If a later refetch fails, the old data stays, with its age and
 * stopped clocks.
 */
export function LiveData<T extends { now: string }>({
  query,
  skeleton,
  whole = false,
  every,
  children,
}: {
  query: UseQueryResult<T>;
  skeleton: ReactNode;
  /** Whether this is the whole page, so that an error becomes the page's heading. */
  whole?: boolean;
  /** Refetch interval in milliseconds, if it differs from the page's; `null` for data that never changes. */
  every?: number | false | null | undefined;
  children: (data: T) => ReactNode;
}) {
  const hydrated = useHydrated();
  const stale = useStale(query.dataUpdatedAt, every);
  // Rendering rows on the server would take longer than everything else it does for a page.
  if (!hydrated) return skeleton;
  // Old rows of a deleted object would be misleading.
  if (query.data !== undefined && !isNotFound(query.error)) {
    return (
      <ClockProvider now={query.data.now}>
        {stale && <StaleNote at={query.dataUpdatedAt} />}
        <StoppedClock at={stale ? query.data.now : null}>
          <Boundary>
            <Rendered data={query.data}>{children}</Rendered>
          </Boundary>
        </StoppedClock>
      </ClockProvider>
    );
  }
  if (query.error) {
    const heading = whole ? "h1" : "h2";
    return <ReadError heading={heading} error={query.error} onRetry={() => query.refetch()} />;
  }
  return skeleton;
}

/** Calls the render function inside the boundary; a boundary can't catch errors that its parent throws. */
function Rendered<T>({ data, children }: { data: T; children: (data: T) => ReactNode }) {
  return children(data);
}
