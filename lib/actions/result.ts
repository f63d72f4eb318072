import type { Problem } from "@/lib/model/problem";

/**
 * What every action resolves to. `unrecorded`: it was done, but the database has no audit table to record it in.
 * If `error.changed` is `false`, the transaction was certainly rolled back.
 */
export type ActionResult<T> =
  | { ok: true; data: T; unrecorded?: true }
  | { ok: false; error: Problem & { changed: false | "unknown" } };
