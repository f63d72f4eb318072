import type { QueryClient } from "@tanstack/react-query";
import { type Iso, toMs } from "@/lib/model/instants";

type Interval = number | false | undefined;
type Polled<Data> = {
  state: {
    data: Data | undefined;
    status: string;
    dataUpdatedAt: number;
  };
};

type Refetch<Data> = ((query: Polled<Data>) => Interval) & {
  /** The interval while something changes. */
  base: (query: Polled<Data>) => Interval;
};

/**
 * How often a query whose due instants aren't known is repeated while nothing changes, in milliseconds: leases expire,
 * due times pass and time ranges move on without a change.
 */
const QUIET_INTERVAL = 15_000;

/** Like `QUIET_INTERVAL`, for a query with known instants: it is also repeated when the next one has passed. */
const KNOWN_INTERVAL = 60_000;

/** Delay of the request after an instant, in milliseconds. A shared result may be two seconds old. */
const AFTER_INSTANT = 1_000;

/**
 * Time of the last reported change, if the stream has reported since then that nothing changes, in the browser's time;
 * `null` while changes are reported or no stream reports them.
 */
let quietSince: number | null = null;

/**
 * The `refetchInterval` of a live query: `interval`, but longer while the event stream reports that nothing changes:
 * until the next instant in the data has passed, at most a minute; 15 seconds for data without known instants. A result
 * that may be older than the stream or the last change is first repeated at `interval`.
 *
 * @param interval milliseconds, or a function of the query that returns them.
 * @param untilDue milliseconds from the time of the data to the next instant that changes its meaning; infinite if
 * there is none. Omit it for data that depends on the time in other ways.
 */
export function polled<Data = unknown>(
  interval: Interval | ((query: Polled<Data>) => Interval),
  untilDue?: (data: Data) => number,
): Refetch<NoInfer<Data>> {
  const base = (query: Polled<Data>) =>
    typeof interval === "function" ? interval(query) : interval;
  const current = (query: Polled<Data>) => {
    const milliseconds = base(query);
    if (!milliseconds || !isCurrent(query)) return milliseconds;
    return Math.max(milliseconds, quietInterval(query.state.data));
  };
  // The same for the same data, so that a timer that is restarted later doesn't postpone the request.
  const quietInterval = (data: Data | undefined) =>
    untilDue && data !== undefined
      ? Math.min(untilDue(data) + AFTER_INSTANT, KNOWN_INTERVAL)
      : QUIET_INTERVAL;
  return Object.assign(current, { base });
}

/** For rows whose meaning doesn't depend on the time: only a change makes them outdated. */
export const neverDue = () => Number.POSITIVE_INFINITY;

/** Milliseconds from `now` to the first later instant; infinite if there is none. `null` entries are ignored. */
export function untilNext(now: Iso, instants: readonly (Iso | null | undefined)[]): number {
  const ahead = instants.map((at) => (at ? toMs(at) - toMs(now) : Number.POSITIVE_INFINITY));
  return Math.min(...ahead.filter((milliseconds) => milliseconds > 0));
}

function isCurrent({ state: { status, dataUpdatedAt } }: Polled<unknown>): boolean {
  if (quietSince === null || status !== "success") return false;
  return dataUpdatedAt > quietSince;
}

/**
 * Records that nothing has changed since the instant, in the browser's time; `null` when something changes or no stream
 * reports it. Restarts the timers of all queries.
 */
export function noteQuiet(client: QueryClient, since: number | null): void {
  if (since === quietSince) return;
  quietSince = since;
  for (const query of client.getQueryCache().getAll())
    for (const observer of query.observers) observer.setOptions(observer.options);
}
