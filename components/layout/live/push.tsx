"use client";
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { withBase } from "@/lib/base-path";
import { withReadsAfter } from "@/lib/query/api";
import { useRefreshInterval } from "../preferences/preferences-provider";
import { confirmFresh, isLive } from "./freshness";

/** A stream that has not said anything for this long is broken: some proxies keep what they should pass on. Milliseconds. */
const SILENCE = 20_000;

/**
 * Refreshes the page when the server pushes that something changed: the first change at once, further ones at the refresh
 * interval. A hidden tab closes its stream. Without a stream the page is still refreshed at the interval.
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

function follow(client: QueryClient, interval: number): () => void {
  let source: EventSource | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  const refresher = createRefresher(client, interval);

  function close() {
    clearTimeout(silence);
    source?.close();
    source = undefined;
  }
  function heard() {
    clearTimeout(silence);
    silence = setTimeout(close, SILENCE);
  }
  function open() {
    if (source || document.hidden) return;
    source = new EventSource(withBase("/api/live"));
    source.addEventListener("open", heard);
    source.addEventListener("quiet", () => {
      heard();
      // A part that failed may have missed earlier changes.
      if (refresher.isIdle() && !isAnyFailing(client)) confirmFresh();
    });
    source.addEventListener("change", (event) => {
      heard();
      refresher.request(JSON.parse(event.data) as PushedChange);
    });
    heard();
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
 */
export function createRefresher(
  client: Pick<QueryClient, "refetchQueries">,
  interval: number,
): { request: (change: PushedChange) => void; isIdle: () => boolean; stop: () => void } {
  let waiting: PushedChange | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let refreshedAt = Number.NEGATIVE_INFINITY;
  let running = 0;

  function refresh({ queues, turn }: PushedChange) {
    clearTimeout(timer);
    timer = undefined;
    waiting = undefined;
    refreshedAt = performance.now();
    running++;
    const changed = queues && new Set(queues);
    withReadsAfter(turn, () =>
      client.refetchQueries(
        { predicate: (query) => isLive(query) && concerns(query.meta?.queues, changed) },
        { cancelRefetch: false },
      ),
    ).finally(() => running--);
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
        return refresh(waiting);
      timer ??= setTimeout(() => waiting && refresh(waiting), interval);
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
