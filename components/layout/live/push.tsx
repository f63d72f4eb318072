"use client";
import { type Query, type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { withDatabase } from "@/lib/base-path";
import { withReadsAfter } from "@/lib/query/api";
import { useRefreshInterval } from "../preferences/preferences-provider";
import { confirmFresh, isLive } from "./freshness";
import { noteQuiet } from "./polling";

/** A stream silent for this long counts as broken, because some proxies buffer the stream. Milliseconds. */
const SILENCE = 20_000;

/**
 * The stream sends a heartbeat every two seconds while nothing changes. Without one for this long, assume a change.
 * Milliseconds.
 */
const QUIET_FOR = 7_000;

/**
 * Delay before reopening a broken stream, in milliseconds: doubles with each attempt up to the maximum, with jitter per
 * tab.
 */
const REOPEN = { first: 5_000, longest: 60_000 };

/**
 * Refreshes the page when the server pushes a change: at once for the first change, then at most once per refresh
 * interval. Hidden tabs close their stream. Without a stream the page falls back to polling and periodically tries to
 * reopen the stream.
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

/** A change of these queues, or `null` for an unknown one; `turn` is the server's count of observed changes. */
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
    // Changes from before the stream opened aren't reported.
    source.addEventListener("open", () => {
      changedAt = Date.now();
    });
    source.addEventListener("quiet", () => {
      heard();
      // A failed query may have missed earlier changes.
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
      // After a response that isn't an event stream, the browser doesn't reconnect.
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
 * Refreshes at once, then at most once per interval, combining the requests made in between. All tabs of a server
 * refresh in the same second so that they share one result: the server checks once a second, and `turn` counts the
 * checks that found a change. A query that was already in flight is repeated when it finishes, because its result may
 * predate the change.
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

/** Whether a query that reads these queues (or all) must be refetched after a change of these queues (or any). */
function concerns(reads: unknown, changed: ReadonlySet<string> | null): boolean {
  if (changed === null || !Array.isArray(reads) || reads.length === 0) return true;
  return reads.some((queue) => changed.has(queue));
}
