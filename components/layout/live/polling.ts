import type { QueryClient } from "@tanstack/react-query";

type Interval = number | false | undefined;
type Polled<Data> = {
  state: {
    data: Data | undefined;
    status: string;
    dataUpdateCount: number;
    dataUpdatedAt: number;
  };
};

type Refetch<Data> = ((query: Polled<Data>) => Interval) & {
  /** The interval while something changes. */
  base: (query: Polled<Data>) => Interval;
};

/** How often a query is repeated while nothing changes, in milliseconds: leases expire and due times pass by themselves. */
const QUIET_INTERVAL = 15_000;

/** For how long the server shares a result, in milliseconds: a later one was read after it was requested. */
const SHARED_FOR = 2_000;

/**
 * When the last change was reported that was followed by nothing else, in the browser's time; `null` while changes are
 * reported, and while no stream reports them.
 */
let quietSince: number | null = null;

/**
 * The `refetchInterval` of a live query: `interval`, but at least 15 seconds while the event stream reports that nothing changes.
 * A result that may be older than the stream or the last change is repeated at `interval` first.
 *
 * @param interval milliseconds, or a function of the query that returns them.
 * @param isDue whether the query is repeated at the interval in any case, because its data is about to be out of date.
 */
export function polled<Data = unknown>(
  interval: Interval | ((query: Polled<Data>) => Interval),
  isDue = (_query: Polled<Data>) => false,
): Refetch<NoInfer<Data>> {
  const base = (query: Polled<Data>) =>
    typeof interval === "function" ? interval(query) : interval;
  const current = (query: Polled<Data>) => {
    const milliseconds = base(query);
    return milliseconds && isCurrent(query) && !isDue(query)
      ? Math.max(milliseconds, QUIET_INTERVAL)
      : milliseconds;
  };
  return Object.assign(current, { base });
}

function isCurrent({
  state: { status, dataUpdateCount, dataUpdatedAt },
}: Polled<unknown>): boolean {
  // The first result comes with the page, by the clock of the server.
  if (quietSince === null || status !== "success" || dataUpdateCount < 2) return false;
  return dataUpdatedAt >= quietSince + SHARED_FOR;
}

/**
 * Notes that nothing has changed since the instant, in the browser's time; `null` when something changes or no stream
 * reports it. Restarts the timers of all queries.
 */
export function noteQuiet(client: QueryClient, since: number | null): void {
  if (since === quietSince) return;
  quietSince = since;
  for (const query of client.getQueryCache().getAll())
    for (const observer of query.observers) observer.setOptions(observer.options);
}
