/** One kind of thing counted over time. `color` is the class whose text colour it is drawn in. */
export type Series = { name: string; color: string; values: readonly number[] };

/** The sums from the bottom up: the first list as it is, the last one the total. */
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

/** The lists added up, element by element; they must be of one length. */
export function addUp(lists: readonly (readonly number[])[]): number[] {
  return cumulate(lists).at(-1) ?? [];
}

/** The sum of one list. */
export function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
