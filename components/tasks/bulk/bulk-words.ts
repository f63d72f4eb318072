import type { BulkAction } from "@/lib/model/rows/bulk";

type Words = {
  label: string;
  /** Past participle after a number of tasks: "27 will be …", "27 …". */
  done: string;
  /**
   * Precedes a number of tasks: "Retry sent for 7 of 7" states what the operation did, not what happens to the tasks
   * later.
   */
  sent: string;
  /** The effect on each task. */
  description: string;
};

export const BULK_WORDS: Record<BulkAction, Words> = {
  cancel: {
    label: "Cancel",
    done: "cancelled",
    sent: "Cancelled",
    description: "Ends active tasks now; they will not run again. This cannot be undone.",
  },
  retry: {
    label: "Retry",
    done: "retried",
    sent: "Retry sent for",
    description: "Gives failed tasks more attempts. They keep their ids and stored steps.",
  },
  "run-again": {
    label: "Run again",
    done: "run again",
    sent: "Copies spawned for",
    description: "Spawns a fresh copy of each finished task; the originals stay.",
  },
  "run-now": {
    label: "Run now",
    done: "rescheduled to now",
    sent: "Rescheduled",
    description: "Ends backoffs and sleeps now. Tasks waiting for an event are skipped.",
  },
};

/** Selectable rates in tasks per second; empty means no limit. */
export const RATES = [
  { value: "10", label: "10 tasks per second" },
  { value: "50", label: "50 tasks per second" },
  { value: "200", label: "200 tasks per second" },
  { value: "", label: "No limit" },
];
