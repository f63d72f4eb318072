"use client";
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from "react";
import { toMs } from "@/lib/model/instants";

/**
 * One clock for all ages on the page. It ticks once a second and follows the database's clock, which `ClockProvider`
 * receives with each response, so ages are right even if the browser's clock is wrong.
 */
const listeners = new Set<() => void>();
let offset: number | null = null;
let timer: ReturnType<typeof setInterval> | undefined;

/** If the offset falls by more than this, one of the clocks was changed; smaller differences are network delay. */
const JUMP_MS = 30_000;

/**
 * Updates the offset from an instant that was just received. Network delay only makes a sample smaller, so the largest
 * offset is the most accurate.
 */
export function syncClock(now: string): void {
  const sample = toMs(now) - Date.now();
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

/** Provides the time of the data below: used directly during hydration, and then to set the clock. */
export function ClockProvider({ now, children }: { now: string; children: ReactNode }) {
  useEffect(() => syncClock(now), [now]);
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
  return Math.floor((Date.now() + (offset ?? 0)) / 1000) * 1000;
}
