import type { Iso } from "../instants.ts";

/** The progress of setting up a database, from an empty one to a task that a worker has claimed. */
export type Setup = {
  /**
   * The database as the server reports it, and as workers reach it: `postgresql://user@host:port/name`, without a
   * password.
   */
  database: { name: string; user: string; url: string };
  /** `null` without the engine's schema; `version` is `null` before 0.2.0. */
  engine: { version: string | null } | null;
  /** Whether the dashboard's own tables are installed. */
  hasDashboardTables: boolean;
  /** The queues that the viewer sees, at most 20. */
  queues: string[];
  /** The newest task of these queues. */
  newestTask: { queue: string; taskId: string } | null;
  /** The worker of the newest claim among the last runs of these queues. */
  newestClaim: { queue: string; worker: string | null } | null;
  now: Iso;
};
