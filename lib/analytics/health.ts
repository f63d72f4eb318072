import "server-only";
import { sql } from "drizzle-orm";
import { boolean, nullable, text } from "@/lib/db/decode";
import { getReadPool } from "@/lib/db/pools";
import { query } from "@/lib/db/query";
import { inSnapshot, type ReadOptions } from "@/lib/db/snapshot";
import { ProblemError } from "@/lib/model/problem";
import type { Health } from "@/lib/model/rows/health";
import { translateReadError } from "@/lib/model/sqlstate";

/** Time limit of a probe, in milliseconds. */
const LIMIT_MS = 2_000;

/**
 * Whether the database is usable, and which schema it has, within three seconds. An unreachable database is a result,
 * not an error.
 */
export async function getHealth(options: ReadOptions = {}): Promise<Health> {
  const limit = AbortSignal.timeout(LIMIT_MS);
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  try {
    const health = await inSnapshot<Health>(
      async (db) => {
        const [schema] = await query(
          db,
          { installed: boolean, versioned: boolean },
          sql`
        select to_regclass('absurd.queues') is not null as installed,
          to_regproc('absurd.get_schema_version') is not null as versioned`,
        );
        if (!schema?.installed) return { status: "no_schema", database: "up", schemaVersion: null };
        if (!schema.versioned) return { status: "ok", database: "up", schemaVersion: null };
        const [row] = await query(
          db,
          { version: nullable(text) },
          sql`select absurd.get_schema_version() as version`,
        );
        return { status: "ok", database: "up", schemaVersion: row?.version ?? null };
      },
      { signal },
    );
    const lag = getReadPool().replicaLagMs;
    return lag === null ? health : { ...health, replicaLagSeconds: Math.round(lag / 1_000) };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (limit.aborted)
      return { status: "database_unavailable", database: "down", schemaVersion: null };
    const known = translateReadError(error);
    if (known instanceof ProblemError && ["database_unavailable", "timed_out"].includes(known.code))
      return { status: "database_unavailable", database: "down", schemaVersion: null };
    throw known;
  }
}
