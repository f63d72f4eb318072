/** A number with its precision; `capped` means "at least". */
export type Count = { value: number; precision: "exact" | "estimated" | "capped" };

/** The sum of counts, only as precise as its least precise part. The sum of no counts is an exact zero. */
export function sumCounts(counts: readonly Count[]): Count {
  const least = (["estimated", "capped"] as const).find((precision) =>
    counts.some((count) => count.precision === precision),
  );
  return {
    value: counts.reduce((sum, count) => sum + count.value, 0),
    precision: least ?? "exact",
  };
}

/** The outcomes by which attempts are counted. Suspended and cancelled attempts are not counted. */
export const ATTEMPT_OUTCOMES = ["completed", "failed", "running"] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

/** How many attempts started in each bucket of a time grid, by outcome. */
export type AttemptCounts = Record<AttemptOutcome, number[]>;
