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
 * Renders a live query: its skeleton, its error, or its data under the data's clock. The server sends the skeleton and the
 * data, which the browser draws. Data stays while a later refetch fails, with its age and with clocks that stopped.
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
  /** Whether it is the whole page, so that an error is the page's heading. */
  whole?: boolean;
  /** How often the query is repeated, in milliseconds, if not at the page's interval; `null` for what never changes. */
  every?: number | false | null | undefined;
  children: (data: T) => ReactNode;
}) {
  const hydrated = useHydrated();
  const stale = useStale(query.dataUpdatedAt, every);
  // Drawing rows on the server takes longer than all else that it does for a page.
  if (!hydrated) return skeleton;
  // Old rows of something that no longer exists would only mislead.
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

/** Calls the render function inside the boundary, which cannot catch what its parent throws. */
function Rendered<T>({ data, children }: { data: T; children: (data: T) => ReactNode }) {
  return children(data);
}
