import type { Iso } from "./instants.ts";

/** Which way a page is read from its cursor. */
export type Direction = "older" | "newer";

/**
 * `older` and `newer` are the cursors of the neighbouring pages; `null` where there is none. In an order that does not
 * follow time, `older` goes on down the list and `newer` back up.
 */
export type Page<T> = {
  rows: T[];
  older: string | null;
  newer: string | null;
  now: Iso;
  /**
   * Set when a search without an index used up its time: everything between the cursor and this instant was looked
   * at, and `older` (or `newer`, on a page read upwards) goes on from there.
   */
  searchedTo?: Iso;
  /** Set on a ranking that leaves out the older part of its window: the tasks since this instant are ranked. */
  rankedFrom?: Iso;
  /** Queues that are registered but cannot be read, and are therefore missing from an all-queues page. */
  unreadable?: string[];
};
