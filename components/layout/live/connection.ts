"use client";
import { useSyncExternalStore } from "react";

/** Whether requests succeed. `at` is the browser's time of the last success, `lostAt` of the first failure after it. */
export type Connection = { at: number | null; lostAt: number | null; what: "database" | "server" };

let state: Connection = { at: null, lostAt: null, what: "database" };
const listeners = new Set<() => void>();

function set(next: Connection) {
  state = next;
  for (const notify of listeners) notify();
}

export function markLive(): void {
  set({ ...state, at: Date.now(), lostAt: null });
}

export function markLost(what: Connection["what"]): void {
  if (state.lostAt === null || state.what !== what)
    set({ ...state, lostAt: state.lostAt ?? Date.now(), what });
}

const INITIAL = state;

export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
    () => INITIAL,
  );
}
