"use client";
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { withBase } from "@/lib/base-path";
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
      if (refresher.isIdle()) confirmFresh();
    });
    source.addEventListener("change", (event) => {
      heard();
      const { queues } = JSON.parse(event.data) as { queues: string[] | null };
      refresher.request(queues);
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

/** Refreshes at once, then at most once in an interval, with what was requested in between. */
export function createRefresher(
  client: Pick<QueryClient, "refetchQueries">,
  interval: number,
): {
  request: (queues: readonly string[] | null) => void;
  isIdle: () => boolean;
  stop: () => void;
} {
  /** The queues to refresh when the timer ends; `null`: all. */
  let waiting: Set<string> | null | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = 0;

  function refresh(queues: ReadonlySet<string> | null) {
    running++;
    client
      .refetchQueries(
        { predicate: (query) => isLive(query) && concerns(query.meta?.queues, queues) },
        { cancelRefetch: false },
      )
      .finally(() => running--);
    timer = setTimeout(() => {
      timer = undefined;
      const next = waiting;
      waiting = undefined;
      if (next !== undefined) refresh(next);
    }, interval);
  }
  return {
    request(queues) {
      if (!timer) return refresh(queues && new Set(queues));
      if (queues === null || waiting === null) waiting = null;
      else waiting = new Set([...(waiting ?? []), ...queues]);
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
