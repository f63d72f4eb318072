"use client";
import { useSyncExternalStore } from "react";

const never = () => () => {};

/**
 * Whether React has hydrated; false on the server and during hydration. Content rendered only after that costs the
 * server nothing and is sent once, as data.
 */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
