/**
 * The smallest value at or below which at least this share of the weight lies; `null` of nothing. With equal weights it
 * is PostgreSQL's `percentile_disc`. The values must be given in ascending order.
 */
export function weightedQuantile(
  sorted: readonly { value: number; weight: number }[],
  share: number,
): number | null {
  const target = share * sorted.reduce((sum, { weight }) => sum + weight, 0);
  let reached = 0;
  for (const { value, weight } of sorted) {
    reached += weight;
    if (reached >= target) return value;
  }
  return sorted.at(-1)?.value ?? null;
}
