import type { Count } from "../count.ts";
import type { Iso } from "../instants.ts";

/** What arrived in a queue and what workers claimed from it, since an instant. */
export type QueueFlow = {
  from: Iso;
  /** Runs that were created: of new tasks, and of retries. */
  arrived: Count;
  /** Attempts that were claimed, except those suspended or cancelled since. */
  claimed: number;
  /** Workers that claimed one of these, or hold one now: at most ten, the busiest first. */
  workers: { name: string; running: number; ended: number }[];
  hiddenWorkers: number;
};
