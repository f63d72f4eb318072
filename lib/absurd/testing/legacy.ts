import { readFile } from "node:fs/promises";
import type { Queryable } from "../connection/queryable.ts";

/**
 * Older generations of the engine's schema, newest first. Releases between two of them do not differ for a client.
 */
export const LEGACY_GENERATIONS = ["0.4.0", "0.3.0", "0.2.0", "0.1.0", "0.0.6", "0.0.5"] as const;
export type LegacyGeneration = (typeof LEGACY_GENERATIONS)[number];

/**
 * Downgrades a database with the current schema and no queues to an older generation: for a client, its tables,
 * columns, indexes and functions behave like those of that release. Differences in polling (how sweeps are
 * batched) are not reproduced.
 *
 * Each step undoes one generation, starting from the previous step.
 */
export async function downgradeEngine(db: Queryable, generation: LegacyGeneration): Promise<void> {
  for (const step of LEGACY_GENERATIONS.slice(0, LEGACY_GENERATIONS.indexOf(generation) + 1))
    await db.query(await readFile(new URL(`downgrades/${step}.sql`, import.meta.url), "utf8"));
}
