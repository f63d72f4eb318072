"use client";
import { useEffect, useState } from "react";

const DELAY_MS = 300;

/** The latest value that has been stable for 300 ms. */
export function useDebouncedValue<T>(value: T): T {
  const [debounced, setDebounced] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setDebounced(value), DELAY_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return debounced;
}
