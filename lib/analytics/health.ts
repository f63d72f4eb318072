import "server-only";
import { sql } from "drizzle-orm";
import { boolean, nullable, text } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import { inSnapshot, type ReadOptions } from "@/lib/db/snapshot";
import type { Health } from "@/lib/model/health";
import { ProblemError } from "@/lib/model/problem";
import { translateReadError } from "@/lib/model/sqlstate";

/** Whether the database is usable, and which schema it has. An unreachable database is a result, not an error. */
export async function getHealth(options: ReadOptions = {}): Promise<Health> {
  try {
    return await inSnapshot(async (db) => {
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
    }, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    const known = translateReadError(error);
    if (known instanceof ProblemError && ["database_unavailable", "timed_out"].includes(known.code))
      return { status: "database_unavailable", database: "down", schemaVersion: null };
    throw known;
  }
}
