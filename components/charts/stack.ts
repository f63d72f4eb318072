/** Counts over time. `color` is a class; the series is drawn in its text colour. */
export type Series = { name: string; color: string; values: readonly number[] };

/** Cumulative sums: the first list unchanged, the last one the total. */
export function cumulate(lists: readonly (readonly number[])[]): number[][] {
  const below: number[] = [];
  return lists.map((values) =>
    values.map((value, index) => {
      const sum = (below[index] ?? 0) + value;
      below[index] = sum;
      return sum;
    }),
  );
}

/** The element-wise sum of lists of equal length. */
export function addUp(lists: readonly (readonly number[])[]): number[] {
  return cumulate(lists).at(-1) ?? [];
}

/** The sum of one list. */
export function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
