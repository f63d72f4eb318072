import type { Wait } from "./outcome.ts";
import type { Run } from "./run.ts";
import { resolveWaits } from "./waits.ts";

/**
 * Goes through a part of a workflow again and again, each time as far as what is recorded lets it, until it ends or
 * has to sleep.
 *
 * @returns the end, or `undefined` when the run was put to sleep.
 */
export async function interpret<End extends { state: string }>(
  run: Run,
  once: () => Promise<End | { state: "blocked"; waits: Wait[] }>,
): Promise<Exclude<End, { state: "blocked" }> | undefined> {
  for (;;) {
    run.signal.throwIfAborted();
    const end = await once();
    if (!isBlocked(end)) return end as Exclude<End, { state: "blocked" }>;
    if (!(await resolveWaits(run, end.waits))) return undefined;
  }
}

function isBlocked(end: { state: string }): end is { state: "blocked"; waits: Wait[] } {
  return end.state === "blocked";
}
