"use client";
import { useSyncExternalStore } from "react";

const never = () => () => {};

/**
 * Whether the page runs in the browser: false on the server and while React hydrates. What is drawn only then costs the
 * server nothing and is sent once, as data.
 */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
