"use client";
"use no memo";
import { createContext, type ReactNode, useContext, useState, useSyncExternalStore } from "react";
import { type Iso, toMs } from "@/lib/model/instants";

/**
 * One clock for all ages on the page. It ticks once a second and follows the database's clock, which comes with each
 * response, so ages are right even if the browser's clock is wrong.
 */
const listeners = new Set<() => void>();
let offset: number | null = null;
let timer: ReturnType<typeof setInterval> | undefined;

/** If the offset falls by more than this, one of the clocks was changed; smaller differences are network delay. */
const JUMP_MS = 30_000;

/**
 * Updates the offset from the time of a result that was just received. A delay only makes a sample smaller, so the
 * largest offset is the most accurate.
 *
 * @param isKept whether the result may have been kept for any time, such as that of a prefetched page. It says nothing
 * about a change of a clock.
 */
export function syncClock(now: Iso, { isKept = false } = {}): void {
  const sample = toMs(now) - Date.now();
  if (!Number.isFinite(sample)) return;
  const hasJumped = !isKept && offset !== null && sample < offset - JUMP_MS;
  if (offset === null || sample > offset || hasJumped) offset = sample;
}

/**
 * When the database's clock showed this instant, in milliseconds of the browser's clock: `now` of a result becomes the
 * time when its rows were read. Differences between the clocks cancel out. Too late by at most the shortest delay
 * with which a result has arrived, and never later than the current time.
 */
export function toBrowserTime(now: Iso): number {
  const at = toMs(now) - (offset ?? 0);
  return offset === null || !Number.isFinite(at) ? Date.now() : Math.min(at, Date.now());
}

/**
 * The database's time at an instant of the browser's clock, now by default; both in milliseconds. Until a result has
 * arrived, the browser's own.
 */
export function toDatabaseTime(at: number = Date.now()): number {
  return at + (offset ?? 0);
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

/** Provides the time of the data below, which its ages use during hydration and until a response sets the clock. */
export function ClockProvider({ now, children }: { now: string; children: ReactNode }) {
  // A changing context value would re-render all ages; the clock only re-renders those whose text changes.
  const [first] = useState(now);
  return <ServerNow value={first}>{children}</ServerNow>;
}

const Stopped = createContext<number | null>(null);

/**
 * Stops all ages and countdowns below at an instant, after which the data is no longer known to be current. `null` lets
 * them run.
 */
export function StoppedClock({ at, children }: { at: string | null; children: ReactNode }) {
  return <Stopped value={at === null ? null : toMs(at)}>{children}</Stopped>;
}

/** A value derived from the current time in milliseconds. The component only re-renders when the value changes. */
export function useClock<T extends string | number | boolean>(derive: (now: number) => T): T {
  const serverNow = useContext(ServerNow);
  const stopped = useContext(Stopped);
  return useSyncExternalStore(
    subscribe,
    () => derive(stopped ?? (offset === null && serverNow ? toMs(serverNow) : currentTime())),
    () => derive(serverNow ? toMs(serverNow) : 0),
  );
}

function currentTime(): number {
  return Math.floor(toDatabaseTime() / 1000) * 1000;
}
