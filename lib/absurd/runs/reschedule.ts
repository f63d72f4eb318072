import type { Uuid } from "../../model/ids.ts";
import type { Instant } from "../../model/instants.ts";
import { atomically } from "../connection/atomically.ts";
import { getCapabilities } from "../connection/capabilities.ts";
import { formatInstant, instantParameter } from "../connection/parameters.ts";
import type { Queryable } from "../connection/queryable.ts";
import { call, queueTable } from "../connection/sql.ts";
import { InvalidArgumentError, RunChangedError } from "../errors.ts";
import { previewReschedule, type ReschedulePreview } from "./reschedule-preview.ts";

/**
 * Moves a waiting run to another time. `"now"` is the database's clock; `"never"` removes the timeout of an event
 * wait. Works on every generation of the engine, in one transaction or a savepoint of the caller's.
 *
 * - `queued`, `backoff`, `woken`: the run can be claimed from that time on; a received event is kept.
 * - `sleep`: the end of the sleep in its checkpoint changes, too; otherwise the worker would go back to sleep. (A
 *   worker whose clock is behind the database's still does, for the difference.)
 * - `event-wait`: the wait times out at that time. Nothing is emitted; emit the event to resume the run with a
 *   payload.
 * - `deferred`: the run can be claimed from that time on, and its worker may put it back again.
 *
 * The engine has no function for this. It locks in the engine's order (event, run, task) and writes only if the locked
 * run is unchanged. It waits for locks; limit that with `lock_timeout`. It never changes a running run.
 *
 * @returns the waiting run with its new time.
 * @throws RunNotFoundError
 * @throws RunChangedError when the run was claimed, ended or woken in the meantime, or differs from `expected`.
 * @throws InvalidArgumentError for `"never"` when the run doesn't wait for an event, and for years beyond 9999.
 */
export async function rescheduleRun(
  db: Queryable,
  queue: string,
  options: {
    runId: Uuid;
    at: Date | "now" | "never";
    /** What the operator saw; the run changes only if it still waits for that, until that time. */
    expected?: Pick<ReschedulePreview, "kind" | "at">;
  },
): Promise<ReschedulePreview> {
  const { runId, at, expected } = options;
  if (at instanceof Date) instantParameter("The new time", at);
  return atomically(db, async (tx) => {
    const seen = await previewReschedule(tx, queue, runId);
    if (expected) assertSame(expected, seen);
    if (at === "never" && !(seen.kind === "event-wait" && seen.step !== undefined))
      throw new InvalidArgumentError(
        "Only a run that waits for an event can wait without timeout.",
      );

    await lock(tx, queue, seen);
    const preview = await previewReschedule(tx, queue, runId);
    assertSame(seen, preview);
    const moved = moveTo(preview, at === "now" ? preview.now : at === "never" ? "infinity" : at);
    await write(tx, queue, moved);
    return moved;
  });
}

function moveTo(preview: ReschedulePreview, at: Instant): ReschedulePreview {
  const waits =
    preview.kind === "sleep" || preview.kind === "event-wait" || preview.kind === "deferred";
  return { ...preview, at, state: waits || isLater(at, preview.now) ? "sleeping" : "pending" };
}

/** Locks in the engine's order. Event first: an emit is either complete or waits for this transaction. */
async function lock(tx: Queryable, queue: string, seen: ReschedulePreview): Promise<void> {
  if (seen.kind === "event-wait") {
    const events = queueTable("e", queue);
    // The placeholder of an awaited event may have been cleaned up. Older engines would treat it as an emitted event.
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

async function write(tx: Queryable, queue: string, moved: ReschedulePreview): Promise<void> {
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
    case "deferred": // Nothing but its time changes.
  }
}

function assertSame(
  before: Pick<ReschedulePreview, "kind" | "at"> & { event?: string },
  preview: ReschedulePreview,
): void {
  const same =
    before.kind === preview.kind &&
    before.at.valueOf() === preview.at.valueOf() &&
    (before.event === undefined ||
      (preview.kind === "event-wait" && before.event === preview.event));
  if (!same) throw new RunChangedError(preview.runId, preview.state, describeWait(preview));
}

/** What the run does now, without the subject ("Run …"). */
function describeWait(preview: ReschedulePreview): string {
  const until = preview.at === "infinity" ? "without timeout" : `until ${preview.at.toISOString()}`;
  switch (preview.kind) {
    case "queued":
    case "backoff":
      return isLater(preview.at, preview.now) ? `waits ${until} now` : "waits for a worker now";
    case "woken":
      return "was woken by its event and waits for a worker now";
    case "deferred":
      return `is put back now, ${until}`;
    case "sleep":
      return `sleeps in step "${preview.step}" now, ${until}`;
    case "event-wait":
      return `waits for event "${preview.event}" now, ${until}`;
  }
}

function isLater(at: Instant, now: Date): boolean {
  return at === "infinity" || at > now;
}
