import { type DehydratedState, type Query, QueryCache, QueryClient } from "@tanstack/react-query";
import { syncClock, toBrowserTime } from "@/components/ui/text/clock";
import { withBase, withoutBase } from "@/lib/base-path";
import type { Iso } from "@/lib/model/instants";
import { ProblemError } from "@/lib/model/problem";

/** A new query client: one per browser tab, one per request on the server. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: handleError,
      onSuccess: dateResult,
    }),
    // Polling is the retry: an error shows at once and the next successful refetch clears it. The dashboard must also
    // work without internet access, on this machine or in a private network.
    defaultOptions: { queries: { retry: false, networkMode: "always" } },
  });
}

/**
 * Dates a result by when its rows were read instead of by its arrival: the server may have shared it for two seconds,
 * and a slow query takes its time. Previews are left out: they are shown once, and come from the primary, whose clock
 * may differ from that of a replica.
 */
function dateResult(data: unknown, query: Pick<Query, "meta" | "setState">): void {
  const now = findNow(data);
  if (now === undefined || query.meta?.onDemand) return;
  syncClock(now);
  query.setState({ dataUpdatedAt: toBrowserTime(now) });
}

/**
 * The state of queries that the server prefetched, with times of the browser's clock instead of the server's. A page
 * that was prefetched on intent may have been kept for half a minute. Partial data, which is invalidated, is left out
 * where the browser has data already, which is usually whole.
 */
export function toBrowserState(client: QueryClient, state: DehydratedState): DehydratedState {
  const accepted = state.queries.filter(
    ({ queryKey, state: { isInvalidated } }) =>
      !(isInvalidated && client.getQueryData(queryKey) !== undefined),
  );
  const queries = accepted.map((query) => {
    const { dataUpdatedAt, data } = query.state;
    const now = findNow(data);
    if (now !== undefined) syncClock(now, { isKept: true });
    const at =
      now === undefined ? Date.now() - (query.dehydratedAt - dataUpdatedAt) : toBrowserTime(now);
    return { ...query, state: { ...query.state, dataUpdatedAt: at } };
  });
  return { ...state, queries };
}

/** The database's time of a result, which most results have. */
function findNow(data: unknown): Iso | undefined {
  if (typeof data !== "object" || data === null || !("now" in data)) return undefined;
  return typeof data.now === "string" ? data.now : undefined;
}

function handleError(error: unknown): void {
  if (error instanceof ProblemError && error.code === "unauthenticated") goToSignIn();
}

function goToSignIn(): void {
  const here = `${withoutBase(location.pathname)}${location.search}`;
  location.assign(withBase(`/sign-in?next=${encodeURIComponent(here)}`));
}
