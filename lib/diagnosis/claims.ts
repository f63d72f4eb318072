import { toMs } from "@/lib/model/instants";
import type { ClaimFacts, PoisonTask } from "@/lib/model/queue";

/** Workers claim a ready task within a few polls, so a shorter wait is normal. In milliseconds. */
export const POLLS_MS = 5_000;

type LastClaim = ClaimFacts["lastClaim"];

/**
 * Why ready tasks of a queue are not claimed.
 *
 * - `blocked`: every claim fails, because of these tasks.
 * - `busy`: workers hold tasks of the queue within their lease.
 * - `claiming`: no task is held now, but one was claimed since the oldest ready task became ready.
 * - `idle`: nothing is held, and no claim is recorded since then. `lastClaim` is `null` if none is recorded at
 *   all.
 */
export type ClaimSituation =
  | { kind: "blocked"; by: readonly [PoisonTask, ...PoisonTask[]] }
  | { kind: "busy"; running: number; workers: number; lastClaim: LastClaim }
  | { kind: "claiming"; lastClaim: NonNullable<LastClaim> }
  | { kind: "idle"; lastClaim: LastClaim; complete: boolean };

/**
 * The situation of tasks that have been ready since an instant (milliseconds); `null` if claims were not read. The
 * list of concerns, the badge "no consumer" and the verdict of a task all use this, so they agree.
 */
export function assessClaims(
  claims: ClaimFacts | null | undefined,
  readySince: number,
): ClaimSituation | null {
  if (!claims) return null;
  const { running, workers, lastClaim, complete, poison } = claims;
  const [first, ...rest] = poison;
  if (first) return { kind: "blocked", by: [first, ...rest] };
  if (running > 0) return { kind: "busy", running, workers, lastClaim };
  if (lastClaim && toMs(lastClaim.at) >= readySince) return { kind: "claiming", lastClaim };
  return { kind: "idle", lastClaim, complete };
}

/** Why a value of a cancellation policy makes every claim fail: completes "it has max_duration: 1.5, …". */
export function explainPoison(value: string): string {
  return /^[ \t\n\v\f\r]*[+-]?\d+[ \t\n\v\f\r]*$/.test(value)
    ? "which does not fit into 64 bits"
    : "which is not a whole number";
}
