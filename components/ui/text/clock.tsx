"use client";
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from "react";

/**
 * One clock for every age on the page. It ticks once a second and follows the clock that produced the data, given to
 * `ClockProvider` with each answer, so a browser whose clock is wrong still shows right ages.
 */
const listeners = new Set<() => void>();
let offset: number | null = null;
let timer: ReturnType<typeof setInterval> | undefined;

/** A clock that jumps back this far was set, not merely late. */
const JUMP_MS = 30_000;

/**
 * Takes an instant that was just read from the data's clock. Travel only makes such a sample late, so of several the
 * earliest arrival (the largest offset) is the best.
 */
export function syncClock(now: string): void {
  const sample = Date.parse(now) - Date.now();
  if (Number.isNaN(sample)) return;
  if (offset === null || sample > offset || sample < offset - JUMP_MS) offset = sample;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const notify of listeners) notify();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const ServerNow = createContext<string | null>(null);

/** Says what time it was for the data below: used as it is while the page hydrates, and to set the clock after. */
export function ClockProvider({ now, children }: { now: string; children: ReactNode }) {
  useEffect(() => syncClock(now), [now]);
  // Another value would draw every age anew, which the clock itself does only where the words change.
  const [first] = useState(now);
  return <ServerNow value={first}>{children}</ServerNow>;
}

/** The data's time, in milliseconds, through `derive`: the component renders again only when the result differs. */
export function useClock<T extends string | number | boolean>(derive: (now: number) => T): T {
  const seeded = useContext(ServerNow);
  return useSyncExternalStore(
    subscribe,
    () => derive(offset === null && seeded ? Date.parse(seeded) : currentTime()),
    () => derive(seeded ? Date.parse(seeded) : 0),
  );
}

function currentTime(): number {
  return Math.floor((Date.now() + (offset ?? 0)) / 1000) * 1000;
}
