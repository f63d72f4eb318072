/** Number of tasks over all queues in each data set, by its name on the command line. */
export const SIZES = { "100k": 100_000, "1m": 1_000_000, "5m": 5_000_000 } as const;
export type Size = keyof typeof SIZES;

/** How many times as many active tasks a data set has as the smallest, unless most of them are deleted. */
export const activeShare = (size: Size) => SIZES[size] / SIZES["100k"];

export type BenchQueue = { name: string; share: number; partitioned: boolean };

const plain = (name: string, share: number): BenchQueue => ({ name, share, partitioned: false });

/** Eight queues: one holds 60 % of the tasks, one is partitioned by week. */
export const QUEUES: readonly BenchQueue[] = [
  plain("orders", 0.6),
  { name: "emails", share: 0.12, partitioned: true },
  plain("billing", 0.08),
  plain("media", 0.06),
  plain("imports", 0.05),
  plain("reports", 0.04),
  plain("webhooks", 0.03),
  plain("upkeep", 0.02),
];

/** The largest queue, and the one partitioned by week. */
export const LARGEST = "orders";
export const PARTITIONED = "emails";

/** The tasks' time range in days. */
export const DAYS = 30;

/** Forty task names; their frequencies follow Zipf's law. */
export const NAMES: readonly string[] = Array.from(
  { length: 40 },
  (_, rank) =>
    `${["order", "mail", "invoice", "image"][rank % 4]}.${["check", "send", "render", "book", "sync"][rank % 5]}-${rank + 1}`,
);

/** One task has this name and one has this value in its params; no index finds either. */
export const RARE = { name: "ledger.settle-once", path: "params.marker:needle" } as const;
