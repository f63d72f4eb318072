"use client";
import { type Query, type QueryCache, useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { httpStatus, ProblemError } from "@/lib/model/problem";

/**
 * How current the page's data is, derived from requests that succeeded or failed for any reason.
 *
 * - `none`: the page has no live queries.
 * - `waiting`: nothing has been loaded yet.
 * - `fresh`: the last request of every query succeeded, and none is overdue.
 * - `stale`: a query could not be refreshed, or is overdue.
 * - `busy`: the server responds that it is overloaded.
 * - `lost`: the server or its database doesn't respond, or nothing has been loaded for half a minute.
 */
export type Freshness = {
  state: "none" | "waiting" | "fresh" | "stale" | "busy" | "lost";
  /** When data was last loaded; if it isn't fresh, when the oldest was. Browser's time, `null` if never. */
  at: number | null;
  /** Time of the first failure since the last success. */
  since: number | null;
  /** Why the data isn't fresh, if a request failed: the error that says most about the connection. */
  error: Error | null;
  /** Whether data is shown that could not be refreshed. A query without data shows its error itself. */
  isKept: boolean;
};

const NONE: Freshness = { state: "none", at: null, since: null, error: null, isKept: false };
const WAITING: Freshness = { state: "waiting", at: null, since: null, error: null, isKept: false };

/** After this long without a success, the reason of the failures no longer matters. Milliseconds. */
const LOST_AFTER = 30_000;

/** A query is overdue after three intervals plus this, in milliseconds. */
const GRACE = 4_000;

/** When the server last confirmed that nothing had changed since the page's last requests. */
let confirmedAt = 0;

/** Records that nothing has changed in the database, so loaded data is still current. */
export function confirmFresh(): void {
  confirmedAt = Date.now();
}

/** When data loaded at `at` was last known to be current, in the browser's time. */
export function knownAt(at: number): number {
  return at === 0 ? 0 : Math.max(at, confirmedAt);
}

/** Milliseconds after which data of a query with this interval is overdue. */
export function overdueAfter(interval: number): number {
  return 3 * interval + GRACE;
}

/** Whether an error means that the subject was not found or may not be viewed: a valid response, not a failure. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof ProblemError)) return false;
  const status = httpStatus(error.code);
  return status >= 400 && status < 500 && status !== 409 && status !== 429;
}

/** Whether a query is kept current by the page, unlike previews, look-ups and the health check. */
export function isLive(query: Query): boolean {
  return query.isActive() && query.meta?.onDemand !== true;
}

/** Computes the freshness of a page from its queries. */
export function computeFreshness(queries: readonly Query[], now: number): Freshness {
  if (queries.length === 0) return NONE;
  let latest = 0;
  let oldest = Number.POSITIVE_INFINITY;
  let since = Number.POSITIVE_INFINITY;
  let error: Error | null = null;
  let overdue = false;
  let isKept = false;
  for (const query of queries) {
    const { dataUpdatedAt, status, error: failure, errorUpdatedAt } = query.state;
    const at = knownAt(dataUpdatedAt);
    latest = Math.max(latest, at);
    if (status === "error" && failure && !isRefusal(failure)) {
      if (!error || rank(failure) > rank(error)) error = failure;
      const first = failingSince.get(query) ?? errorUpdatedAt;
      failingSince.set(query, first);
      since = Math.min(since, first);
      if (at > 0) oldest = Math.min(oldest, at);
      isKept ||= at > 0;
      continue;
    }
    failingSince.delete(query);
    if (at > 0 && now - at > overdueAfter(intervalOf(query))) {
      overdue = true;
      oldest = Math.min(oldest, at);
    }
  }
  const at = latest === 0 ? null : Math.min(latest, oldest);
  if (error) {
    const isLost = rank(error) === 3 || (rank(error) === 1 && now - latest > LOST_AFTER);
    const state = isLost ? "lost" : rank(error) === 2 ? "busy" : "stale";
    return { state, at, since, error, isKept };
  }
  if (latest === 0) return WAITING;
  return { ...WAITING, state: overdue ? "stale" : "fresh", at };
}

/** A query only stores its latest failure. */
const failingSince = new WeakMap<Query, number>();

/**
 * How much an error says about the connection: 3 that it is lost, 2 that the server is busy, 1 that one request failed.
 */
function rank(error: Error): 1 | 2 | 3 {
  if (!(error instanceof ProblemError)) return 1;
  if (error.code === "network" || error.code === "database_unavailable") return 3;
  return error.code === "busy" ? 2 : 1;
}

/**
 * Shortest interval at which the page requests this query while something changes; infinite if it is loaded only once.
 */
function intervalOf(query: Query): number {
  const intervals = query.observers.map(({ options: { refetchInterval: interval } }) => {
    if (typeof interval !== "function") return interval;
    return "base" in interval && typeof interval.base === "function"
      ? (interval.base(query) as number | false | undefined)
      : interval(query);
  });
  return Math.min(...intervals.map((one) => one || Number.POSITIVE_INFINITY));
}

/** The freshness of this page, computed once a second and whenever a request finishes. */
export function useFreshness(): Freshness {
  const cache = useQueryClient().getQueryCache();
  return useSyncExternalStore(
    (notify) => watch(cache, notify),
    () => getSnapshot(cache),
    () => NONE,
  );
}

function watch(cache: QueryCache, notify: () => void): () => void {
  const timer = setInterval(notify, 1_000);
  const stop = cache.subscribe(notify);
  return () => {
    clearInterval(timer);
    stop();
  };
}

let snapshot = NONE;

/** Returns the same object while nothing differs, as React requires. */
function getSnapshot(cache: QueryCache): Freshness {
  const next = computeFreshness(cache.getAll().filter(isLive), Date.now());
  const keys = ["state", "at", "since", "error", "isKept"] as const;
  if (keys.some((key) => next[key] !== snapshot[key])) snapshot = next;
  return snapshot;
}
