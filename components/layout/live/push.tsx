"use client";
import { type Query, type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { withDatabase } from "@/lib/base-path";
import { withReadsAfter } from "@/lib/query/api";
import { useRefreshInterval } from "../preferences/preferences-provider";
import { confirmFresh, isLive } from "./freshness";
import { noteQuiet } from "./polling";

/** A stream that has not said anything for this long is broken: some proxies keep what they should pass on. Milliseconds. */
const SILENCE = 20_000;

/** The stream reports every two seconds that nothing changes; without that for this long, something may. Milliseconds. */
const QUIET_FOR = 7_000;

/** Milliseconds until a broken stream is opened again: doubled with each attempt up to the longest, and spread over tabs. */
const REOPEN = { first: 5_000, longest: 60_000 };

/**
 * Refreshes the page when the server pushes that something changed: the first change at once, further ones at the refresh
 * interval. A hidden tab closes its stream. Without a stream the page is still refreshed at the interval, and the stream is
 * opened again from time to time.
 */
export function LivePush() {
  const client = useQueryClient();
  const interval = useRefreshInterval();
  useEffect(() => {
    if (interval === false) return;
    return follow(client, interval);
  }, [client, interval]);
  return null;
}

function isAnyFailing(client: QueryClient): boolean {
  const queries = client.getQueryCache().getAll().filter(isLive);
  return queries.some(({ state }) => state.status === "error" || state.fetchFailureCount > 0);
}

/** A change of these queues, or of an unknown one; `turn` counts the changes that the server noticed. */
export type PushedChange = { queues: readonly string[] | null; turn: number };

/** Follows the server's event stream until the returned function is called. */
export function follow(client: QueryClient, interval: number): () => void {
  let source: EventSource | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let quiet: ReturnType<typeof setTimeout> | undefined;
  let reopening: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let changedAt = 0;
  const refresher = createRefresher(client, interval);

  function endQuiet() {
    clearTimeout(quiet);
    noteQuiet(client, null);
  }
  function close() {
    clearTimeout(silence);
    clearTimeout(reopening);
    source?.close();
    source = undefined;
    endQuiet();
  }
  function reopenLater() {
    close();
    const delay = Math.min(REOPEN.first * 2 ** failures++, REOPEN.longest);
    reopening = setTimeout(open, delay * (0.5 + Math.random() / 2));
  }
  function listen() {
    clearTimeout(silence);
    silence = setTimeout(reopenLater, SILENCE);
  }
  function heard() {
    failures = 0;
    listen();
  }
  function open() {
    if (source || document.hidden) return;
    source = new EventSource(withDatabase("/api/live"));
    // What changed before is not reported.
    source.addEventListener("open", () => {
      changedAt = Date.now();
    });
    source.addEventListener("quiet", () => {
      heard();
      // A part that failed may have missed earlier changes.
      if (!refresher.isIdle() || isAnyFailing(client)) return;
      confirmFresh();
      noteQuiet(client, changedAt);
      clearTimeout(quiet);
      quiet = setTimeout(endQuiet, QUIET_FOR);
    });
    source.addEventListener("change", (event) => {
      heard();
      changedAt = Date.now();
      endQuiet();
      refresher.request(JSON.parse(event.data) as PushedChange);
    });
    source.addEventListener("error", () => {
      endQuiet();
      // After a response that is no stream the browser does not try again.
      if (source?.readyState === EventSource.CLOSED) reopenLater();
    });
    listen();
  }
  const onVisibility = () => (document.hidden ? close() : open());
  document.addEventListener("visibilitychange", onVisibility);
  open();
  return () => {
    document.removeEventListener("visibilitychange", onVisibility);
    close();
    refresher.stop();
  };
}

/**
 * Refreshes at once, then at most once in an interval, with what was requested in between. All tabs of a server do so in the
 * same seconds, so that they share one result: the server looks once a second, and `turn` counts its looks with a change.
 * A query whose request had already started is repeated when that ends, because its result may lack the change.
 */
export function createRefresher(
  client: Pick<QueryClient, "refetchQueries">,
  interval: number,
): { request: (change: PushedChange) => void; isIdle: () => boolean; stop: () => void } {
  let waiting: PushedChange | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let refreshedAt = Number.NEGATIVE_INFINITY;
  let running = 0;

  async function refresh({ queues, turn }: PushedChange) {
    clearTimeout(timer);
    timer = undefined;
    waiting = undefined;
    refreshedAt = performance.now();
    running++;
    const changed = queues && new Set(queues);
    const started = new Set<Query>();
    const isConcerned = (query: Query) => isLive(query) && concerns(query.meta?.queues, changed);
    const refetch = (predicate: (query: Query) => boolean) =>
      withReadsAfter(turn, () => client.refetchQueries({ predicate }, { cancelRefetch: false }));
    try {
      await refetch((query) => {
        if (!isConcerned(query)) return false;
        if (query.state.fetchStatus === "fetching") started.add(query);
        return true;
      });
      if (started.size > 0) await refetch((query) => started.has(query) && isLive(query));
    } finally {
      running--;
    }
  }
  return {
    request(change) {
      const looks = Math.max(1, Math.round(interval / 1_000));
      const queues =
        waiting?.queues === null || change.queues === null
          ? null
          : [...(waiting?.queues ?? []), ...change.queues];
      waiting = { queues, turn: change.turn };
      if (performance.now() - refreshedAt >= interval || change.turn % looks === 0)
        void refresh(waiting);
      else timer ??= setTimeout(() => waiting && refresh(waiting), interval);
    },
    isIdle: () => waiting === undefined && running === 0,
    stop: () => clearTimeout(timer),
  };
}

/** Whether a query that reads these queues, or all, must be repeated after a change of these, or of any. */
function concerns(reads: unknown, changed: ReadonlySet<string> | null): boolean {
  if (changed === null || !Array.isArray(reads) || reads.length === 0) return true;
  return reads.some((queue) => changed.has(queue));
}
