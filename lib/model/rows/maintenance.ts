import type { Count } from "../count.ts";
import type { Iso } from "../instants.ts";

/** The tables of a partitioned queue that have weekly partitions. */
export const PARTITIONED_TABLES = ["tasks", "runs", "checkpoints", "waits"] as const;
export type PartitionedTable = (typeof PARTITIONED_TABLES)[number];

/** One week of a partitioned queue, Monday to Monday in UTC. */
export type PartitionWeek = {
  from: Iso;
  to: Iso;
  /** Whether the queue's policy requires this week now. */
  wanted: boolean;
  /** The tables that have no partition for it. */
  missing: PartitionedTable[];
  /** Size on disk with indexes, summed over all tables. */
  bytes: number;
  /** Estimated by PostgreSQL; `null` before the first ANALYZE. */
  rows: Count | null;
};

/** The partitions of a queue. */
export type Partitions = {
  /** By time, earliest first. */
  weeks: PartitionWeek[];
  /** Rows in the default partitions, by table; empty when there are no default partitions. */
  strays: { table: PartitionedTable; rows: Count }[];
};

/** The disk usage of one table of a queue, over all of its partitions. */
export type TableStorage = {
  table: PartitionedTable | "events" | "idempotency keys";
  /** Table and TOAST data, without indexes. */
  dataBytes: number;
  indexBytes: number;
  /** Estimated by PostgreSQL; `null` before the first ANALYZE. */
  rows: Count | null;
};
