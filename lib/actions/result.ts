import type { Problem } from "@/lib/model/problem";

/**
 * What every action resolves to. `unrecorded`: it was done, and the database has no audit table to record it in.
 * `error.changed` is a promise where it is `false`: the transaction was rolled back.
 */
export type ActionResult<T> =
  | { ok: true; data: T; unrecorded?: true }
  | { ok: false; error: Problem & { changed: false | "unknown" } };
