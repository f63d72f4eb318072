/** A number that says how far it can be trusted. A capped one reads "at least". */
export type Count = { value: number; precision: "exact" | "estimated" | "capped" };

/** The outcomes by which attempts are counted. Suspended and cancelled attempts are in none of them. */
export const ATTEMPT_OUTCOMES = ["completed", "failed", "running"] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

/** How many attempts started in each bucket of a time grid, by outcome. */
export type AttemptCounts<Outcome extends AttemptOutcome = AttemptOutcome> = Record<
  Outcome,
  number[]
>;
