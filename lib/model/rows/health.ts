/** `schemaVersion` is `null` where the engine's schema has no version function (before 0.2.0) or is absent. */
export type Health = {
  status: "ok" | "no_schema" | "database_unavailable";
  database: "up" | "down";
  schemaVersion: string | null;
  /** Of the standby that is read from: how far it is behind. */
  replicaLagSeconds?: number;
};
