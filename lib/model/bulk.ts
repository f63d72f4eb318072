/** What can be done to many tasks at once. */
export const BULK_ACTIONS = ["cancel", "retry", "run-again", "run-now"] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

/** Where a bulk operation stands; the last three are final. */
export const BULK_STATES = ["collecting", "running", "done", "aborted", "failed"] as const;
export type BulkState = (typeof BULK_STATES)[number];

/** What became of one task of it: `skipped` when its state did not allow the action any more. */
export const ITEM_OUTCOMES = ["done", "skipped", "failed"] as const;
export type ItemOutcome = (typeof ITEM_OUTCOMES)[number];

/** From so many tasks on, an operator has to type what will happen. */
export const TYPED_FROM = 101;
