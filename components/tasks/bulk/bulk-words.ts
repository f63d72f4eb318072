import type { BulkAction, BulkState } from "@/lib/model/bulk";

/** How each bulk action is called, and what it does to each task. */
export const BULK_WORDS: Record<BulkAction, { label: string; done: string; means: string }> = {
  cancel: {
    label: "Cancel",
    done: "cancelled",
    means: "Active tasks end now and do not run again. This cannot be undone.",
  },
  retry: {
    label: "Retry",
    done: "retried",
    means: "Failed tasks get more attempts. They keep their ids and stored steps.",
  },
  "run-again": {
    label: "Run again",
    done: "run again",
    means: "Of each ended task a copy is spawned, from the beginning. The old ones stay.",
  },
  "run-now": {
    label: "Run now",
    done: "moved to now",
    means: "Backoffs and sleeps end now. Waits for events are left alone.",
  },
};

/** How the state of an operation reads. */
export const STATE_WORDS: Record<BulkState, string> = {
  collecting: "collecting tasks",
  running: "running",
  done: "done",
  aborted: "aborted",
  failed: "stopped",
};

/** The paces on offer, in tasks a second. */
export const PACES = [
  { value: "10", label: "10 tasks a second" },
  { value: "50", label: "50 tasks a second" },
  { value: "200", label: "200 tasks a second" },
  { value: "", label: "As fast as it goes" },
];
