import type { Uuid } from "../../model/ids.ts";
import type { Instant } from "../../model/instants.ts";
import { atomically } from "../connection/atomically.ts";
import { getCapabilities } from "../connection/capabilities.ts";
import { formatInstant, instantParameter } from "../connection/parameters.ts";
import type { Queryable } from "../connection/queryable.ts";
import { call, queueTable } from "../connection/sql.ts";
import { InvalidArgumentError, RunChangedError } from "../errors.ts";
import {
  previewReschedule,
  previewReschedules,
  type ReschedulePreview,
} from "./reschedule-preview.ts";

/**
 * Moves a waiting run to another time. `"now"` is the database's clock; `"never"` removes the timeout of an event
 * wait. Works on every generation of the engine, in one transaction or a savepoint of the caller's.
 *
 * - `queued`, `backoff`, `woken`: the run can be claimed from that time on; a received event is kept.
 * - `sleep`: the end of the sleep in its checkpoint changes too; otherwise the worker would go back to sleep. (A
 *   worker whose clock is behind the database's still does, for the difference.)
 * - `event-wait`: the wait times out at that time. Nothing is emitted; emit the event to resume the run with a
 *   payload.
 * - `deferred`: the run can be claimed from that time on, and its worker may put it back again.
 *
 * The engine has no function for this. It locks in the engine's order (event, run, task) and writes only if the
 * locked run is unchanged. It waits for locks; limit that with `lock_timeout`. It never changes a running run.
 *
 * @returns the waiting run with its new time.
 * @throws RunNotFoundError
 * @throws RunChangedError if the run was claimed, ended or woken since then, or differs from `expected`.
 * @throws InvalidArgumentError for `"never"` if the run doesn't wait for an event, and for years beyond 9999.
 */
export async function rescheduleRun(
  db: Queryable,
  queue: string,
  options: {
    runId: Uuid;
    at: Date | "now" | "never";
    /** The wait that the operator saw; the run changes only if kind and time still match. */
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
    await write(tx, queue, [moved]);
    return moved;
  });
}

/** A waiting run before and, if its time was changed, after; or why it does not wait. */
export type RunNow = { before: ReschedulePreview; after?: ReschedulePreview } | RunChangedError;

/**
 * Makes waiting runs ready now. Their tasks and runs must be locked by this transaction. Skips runs that are due
 * and runs that wait for an event. Takes a constant number of statements for any number of runs. The result has no
 * entry for a missing run.
 */
export async function runLockedNow(
  db: Queryable,
  queue: string,
  runIds: readonly Uuid[],
): Promise<Map<Uuid, RunNow>> {
  const previews = await previewReschedules(db, queue, runIds);
  const runs = new Map(
    [...previews].map(([runId, before]): [Uuid, RunNow] => {
      if (before instanceof RunChangedError) return [runId, before];
      const isMoved = before.kind !== "event-wait" && isLater(before.at, before.now);
      return [runId, { before, ...(isMoved && { after: moveTo(before, before.now) }) }];
    }),
  );
  const moved = [...runs.values()].flatMap((run) =>
    "after" in run && run.after ? [run.after] : [],
  );
  await write(db, queue, moved);
  return runs;
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

/** Writes locked runs, in one statement for each table that changes. */
async function write(
  tx: Queryable,
  queue: string,
  moved: readonly ReschedulePreview[],
): Promise<void> {
  const [runs, tasks, checkpoints, waits] = (["r", "t", "c", "w"] as const).map((prefix) =>
    queueTable(prefix, queue),
  );
  const update = async (
    statement: string,
    changed: readonly ReschedulePreview[],
    ...columns: ((preview: ReschedulePreview) => string)[]
  ) => {
    if (changed.length > 0)
      await call(
        tx,
        statement,
        columns.map((value) => changed.map(value)),
      );
  };
  await update(
    `update ${runs} as r set available_at = given.at, state = given.state
       from unnest($1::uuid[], $2::timestamptz[], $3::text[]) as given (run_id, at, state)
      where r.run_id = given.run_id`,
    moved,
    ({ runId }) => runId,
    formatTime,
    ({ state }) => state,
  );
  await update(
    `update ${tasks} as t set state = given.state
       from unnest($1::uuid[], $2::text[]) as given (task_id, state)
      where t.task_id = given.task_id`,
    moved.filter(({ kind }) => kind === "queued" || kind === "backoff" || kind === "woken"),
    ({ taskId }) => taskId,
    ({ state }) => state,
  );
  // A deferred run only changes its time.
  await update(
    `update ${checkpoints} as c set state = to_jsonb(given.at)
       from unnest($1::uuid[], $2::text[], $3::text[]) as given (task_id, step, at)
      where c.task_id = given.task_id and c.checkpoint_name = given.step`,
    moved.filter(({ kind }) => kind === "sleep"),
    ({ taskId }) => taskId,
    (preview) => (preview.kind === "sleep" ? preview.step : ""),
    formatTime,
  );
  await update(
    `update ${waits} as w set timeout_at = nullif(given.at, 'infinity')
       from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as given (run_id, event, at)
      where w.run_id = given.run_id and w.event_name = given.event`,
    moved.filter(({ kind }) => kind === "event-wait"),
    ({ runId }) => runId,
    (preview) => (preview.kind === "event-wait" ? preview.event : ""),
    formatTime,
  );
}

function formatTime({ at }: ReschedulePreview): string {
  return at === "infinity" ? at : formatInstant(at);
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

/** The current activity of the run, without the subject ("Run …"). */
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
