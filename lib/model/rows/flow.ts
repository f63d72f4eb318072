import type { Count } from "../count.ts";
import type { Iso } from "../instants.ts";

/** What came into a queue and what workers took from it, since an instant. */
export type QueueFlow = {
  from: Iso;
  /** Runs that were created: of new tasks, and of retries. */
  arrived: Count;
  /** Attempts that were claimed, without those that were suspended or cancelled since. */
  claimed: number;
  /** The workers that claimed one of these, or hold one now: the busiest first, at most ten. */
  workers: { name: string; running: number; ended: number }[];
  hiddenWorkers: number;
};
