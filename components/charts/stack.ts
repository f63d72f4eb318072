/** Counts over time. `color` is a CSS class whose text colour draws the series. */
export type Series = { name: string; color: string; values: readonly number[] };

/** Cumulative sums: the first list is unchanged, the last is the total. */
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

export function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
