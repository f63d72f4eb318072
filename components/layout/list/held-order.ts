import { useState } from "react";

/** Keeps rows in the order in which they were shown, so that none moves under the pointer; new ones are appended. */
export function keepOrder<Row>(
  rows: readonly Row[],
  shown: readonly string[],
  keyOf: (row: Row) => string,
): Row[] {
  const places = new Map(shown.map((key, place) => [key, place]));
  const placeOf = (row: Row) => places.get(keyOf(row)) ?? shown.length;
  return rows.toSorted((a, b) => placeOf(a) - placeOf(b));
}

/**
 * Keeps the order of a list while the pointer is over it. Spread `over` on the element around the rows; `release`
 * restores the real order at once.
 */
export function useHeldOrder<Row>(rows: readonly Row[], keyOf: (row: Row) => string) {
  const [held, hold] = useState<readonly string[] | null>(null);
  const shown = held === null ? rows : keepOrder(rows, held, keyOf);
  return {
    rows: shown,
    over: {
      onPointerEnter: () => hold(shown.map(keyOf)),
      onPointerLeave: () => hold(null),
    },
    release: () => hold(null),
  };
}
