import { readFile } from "node:fs/promises";
import type { Queryable } from "../connection/queryable.ts";

/**
 * Generations of the engine's schema that the client layer is tested on, newest first. Between two neighbours the
 * released schemas differ in nothing that a client could observe.
 */
export const LEGACY_GENERATIONS = ["0.4.0", "0.3.0", "0.2.0", "0.1.0", "0.0.6", "0.0.5"] as const;
export type LegacyGeneration = (typeof LEGACY_GENERATIONS)[number];

/**
 * Takes a database with the current schema and no queues back to an older generation: tables, columns, indexes and
 * functions are those of that release, and so is what the functions do as far as a client can tell. Differences
 * that only a worker's polling shows (how sweeps are batched) stay as they are today.
 *
 * Each downgrade undoes one generation and starts where the one before it ended.
 */
export async function downgradeEngine(db: Queryable, generation: LegacyGeneration): Promise<void> {
  for (const step of LEGACY_GENERATIONS.slice(0, LEGACY_GENERATIONS.indexOf(generation) + 1))
    await db.query(await readFile(new URL(`downgrades/${step}.sql`, import.meta.url), "utf8"));
}
