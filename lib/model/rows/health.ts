/** `schemaVersion` is `null` if the engine's schema has no version function (before 0.2.0) or is absent. */
export type Health = {
  status: "ok" | "no_schema" | "database_unavailable";
  database: "up" | "down";
  schemaVersion: string | null;
  /** Replication lag of the standby used for reads. */
  replicaLagSeconds?: number;
};

/**
 * The health of a dashboard from that of its databases: the healthiest one's, and how many respond if there are
 * several.
 */
export function combineHealth(
  all: readonly Health[],
): Health & { databases?: { up: number; all: number } } {
  const of = (status: Health["status"]) => all.find((health) => health.status === status);
  const best = of("ok") ?? of("no_schema") ?? of("database_unavailable");
  if (!best) throw new Error("There is always a database.");
  if (all.length === 1) return best;
  const up = all.filter(({ database }) => database === "up").length;
  return { ...best, schemaVersion: null, databases: { up, all: all.length } };
}
