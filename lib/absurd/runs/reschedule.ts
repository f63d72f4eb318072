import type { Uuid } from "../../model/ids.ts";
import type { Instant } from "../../model/instants.ts";
import { atomically } from "../connection/atomically.ts";
import { getCapabilities } from "../connection/capabilities.ts";
import { formatInstant, instantParameter } from "../connection/parameters.ts";
import type { Queryable } from "../connection/queryable.ts";
import { call, queueTable } from "../connection/sql.ts";
import { InvalidArgumentError, RunChangedError } from "../errors.ts";
import { getRescheduleTarget, type RescheduleTarget } from "./reschedule-target.ts";

/**
 * What rescheduling this run would move, and from when: look at `kind`. Takes no locks; hand the answer to
 * `rescheduleRun` as `expected` to be sure that the run is still what was shown.
 *
 * @throws RunNotFoundError
 * @throws RunChangedError when the run is not waiting for anything that could be moved.
 */
export function previewReschedule(
  db: Queryable,
  queue: string,
  runId: Uuid,
): Promise<RescheduleTarget> {
  return getRescheduleTarget(db, queue, runId);
}

/**
 * Moves a waiting run to another time: `"now"` is the database's clock, `"never"` takes the timeout off an event wait.
 * It works on every generation of the engine, and in one transaction (a savepoint of the caller's).
 *
 * - `queued`, `backoff`, `woken`: the run can be claimed from then on; a kept event stays with it.
 * - `sleep`: the end of the sleep moves too, in its checkpoint, or the worker would only go back to sleep. (One whose
 *   clock is behind the database's still does, for the difference.)
 * - `event-wait`: the wait times out then. Nothing is emitted; to let the run through, emit the event.
 * - `deferred`: the run can be claimed from then on, and its worker may put it back again.
 *
 * The engine has no function for this, so it writes the engine's tables in the engine's lock order (event, run, task)
 * and leaves them alone unless the run is, once locked, exactly what it was before. It waits for locks; bound that
 * with `lock_timeout`. A run that a worker holds is never touched.
 *
 * @returns the run as it waits now, with the new time.
 * @throws RunNotFoundError
 * @throws RunChangedError when the run was claimed, ended or woken meanwhile, or is not what `expected` says.
 * @throws InvalidArgumentError for `"never"` where no event could end the wait, and for years beyond 9999.
 */
export async function rescheduleRun(
  db: Queryable,
  queue: string,
  options: {
    runId: Uuid;
    at: Date | "now" | "never";
    /** What the operator was shown; the run is left alone unless it still waits for that, until that time. */
    expected?: Pick<RescheduleTarget, "kind" | "at">;
  },
): Promise<RescheduleTarget> {
  const { runId, at, expected } = options;
  if (at instanceof Date) instantParameter("The new time", at);
  return atomically(db, async (tx) => {
    const seen = await getRescheduleTarget(tx, queue, runId);
    if (expected) assertSame(expected, seen);
    if (at === "never" && !(seen.kind === "event-wait" && seen.step !== undefined))
      throw new InvalidArgumentError("Only a run that still waits for an event can wait for ever.");

    await lock(tx, queue, seen);
    const target = await getRescheduleTarget(tx, queue, runId);
    assertSame(seen, target);
    const moved = moveTo(target, at === "now" ? target.now : at === "never" ? "infinity" : at);
    await write(tx, queue, moved);
    return moved;
  });
}

function moveTo(target: RescheduleTarget, at: Instant): RescheduleTarget {
  const waits =
    target.kind === "sleep" || target.kind === "event-wait" || target.kind === "deferred";
  return { ...target, at, state: waits || isLater(at, target.now) ? "sleeping" : "pending" };
}

/** The engine's own order; the event first, so that an emit is either seen whole or waits for us. */
async function lock(tx: Queryable, queue: string, seen: RescheduleTarget): Promise<void> {
  if (seen.kind === "event-wait") {
    const events = queueTable("e", queue);
    // The placeholder row of an awaited event may have been cleaned up; older engines would take it for an event.
    if ((await getCapabilities(tx)).features.has("write-once events"))
      await call(
        tx,
        `insert into ${events} (event_name, payload, emitted_at) values ($1, null, to_timestamp(0))
         on conflict (event_name) do nothing`,
        [seen.event],
      );
    await call(tx, `select from ${events} where event_name = $1 for share`, [seen.event]);
  }
  await call(tx, `select from ${queueTable("r", queue)} where run_id = $1 for update`, [
    seen.runId,
  ]);
  await call(tx, `select from ${queueTable("t", queue)} where task_id = $1 for update`, [
    seen.taskId,
  ]);
}

async function write(tx: Queryable, queue: string, moved: RescheduleTarget): Promise<void> {
  const { runId, taskId, at, state } = moved;
  const time = at === "infinity" ? at : formatInstant(at);
  await call(
    tx,
    `update ${queueTable("r", queue)} set available_at = $2::timestamptz, state = $3
      where run_id = $1`,
    [runId, time, state],
  );
  switch (moved.kind) {
    case "queued":
    case "backoff":
    case "woken":
      await call(tx, `update ${queueTable("t", queue)} set state = $2 where task_id = $1`, [
        taskId,
        state,
      ]);
      break;
    case "sleep":
      await call(
        tx,
        `update ${queueTable("c", queue)} set state = to_jsonb($3::text)
          where task_id = $1 and checkpoint_name = $2`,
        [taskId, moved.step, time],
      );
      break;
    case "event-wait":
      await call(
        tx,
        `update ${queueTable("w", queue)} set timeout_at = nullif($3::timestamptz, 'infinity')
          where run_id = $1 and event_name = $2`,
        [runId, moved.event, time],
      );
      break;
    case "deferred": // Its time is all there is to move.
  }
}

function assertSame(
  before: Pick<RescheduleTarget, "kind" | "at"> & { event?: string },
  target: RescheduleTarget,
): void {
  const same =
    before.kind === target.kind &&
    before.at.valueOf() === target.at.valueOf() &&
    (before.event === undefined || (target.kind === "event-wait" && before.event === target.event));
  if (!same) throw new RunChangedError(target.runId, target.state, whatItDoes(target));
}

/** What the run does now, as the end of "Run … ". */
function whatItDoes(target: RescheduleTarget): string {
  const until = target.at === "infinity" ? "without timeout" : `until ${target.at.toISOString()}`;
  switch (target.kind) {
    case "queued":
    case "backoff":
      return isLater(target.at, target.now) ? `waits ${until} now` : "waits for a worker now";
    case "woken":
      return "was woken by its event and waits for a worker now";
    case "deferred":
      return `is put back now, ${until}`;
    case "sleep":
      return `sleeps in step "${target.step}" now, ${until}`;
    case "event-wait":
      return `waits for event "${target.event}" now, ${until}`;
  }
}

function isLater(at: Instant, now: Date): boolean {
  return at === "infinity" || at > now;
}
