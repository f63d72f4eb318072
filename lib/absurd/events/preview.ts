import type { Uuid } from "../../model/ids.ts";
import { getCapabilities } from "../connection/capabilities.ts";
import { decodeDate, selectInstants } from "../connection/columns.ts";
import { requireInteger, requireText } from "../connection/parameters.ts";
import type { Queryable } from "../connection/queryable.ts";
import { call, queueTable } from "../connection/sql.ts";

/** The effect that an emit would have now. */
export type EmitPreview = {
  eventName: string;
  /** When the event was emitted; `null` if it was not. */
  emittedAt: Date | null;
  /**
   * `stored`: the first emit. `ignored`: the event already has a payload, so nothing changes. `overwritten`: the
   * event has a payload and receives another one (before schema 0.1.0).
   */
  outcome: "stored" | "ignored" | "overwritten";
  /** The runs that the emit wakes, oldest first, up to the limit. */
  wakes: WokenRun[];
  /** The number of runs that the emit wakes. */
  wakesCount: number;
};

/** A run that waits for the event and would resume with its payload. */
export type WokenRun = {
  taskId: Uuid;
  runId: Uuid;
  taskName: string;
  stepName: string;
  /** `null`: no timeout. */
  timeoutAt: Date | null;
};

/**
 * Returns what emitting an event in this queue would do. It takes no locks, so waits and event may change before
 * the emit.
 *
 * @throws QueueNotFoundError for an unknown queue.
 */
export async function previewEmit(
  db: Queryable,
  queue: string,
  eventName: string,
  options: { limit?: number } = {},
): Promise<EmitPreview> {
  const { limit = 100 } = options;
  requireText("eventName", eventName);
  requireInteger("limit", limit, 1);
  // A placeholder has a payload of SQL NULL; an event emitted without payload has JSON null.
  const [event] = await call<{ emitted_at: string }>(
    db,
    `select ${selectInstants("emitted_at")} from ${queueTable("e", queue)}
      where event_name = $1 and payload is not null`,
    [eventName],
    { queue },
  );
  const emittedAt = decodeDate(event?.emitted_at ?? null);
  if (emittedAt && (await getCapabilities(db)).features.has("write-once events"))
    return { eventName, emittedAt, outcome: "ignored", wakes: [], wakesCount: 0 };
  return {
    eventName,
    emittedAt,
    outcome: emittedAt ? "overwritten" : "stored",
    ...(await listWoken(db, queue, eventName, limit)),
  };
}

async function listWoken(
  db: Queryable,
  queue: string,
  eventName: string,
  limit: number,
): Promise<Pick<EmitPreview, "wakes" | "wakesCount">> {
  const rows = await call<WokenRow>(
    db,
    `select w.task_id, w.run_id, t.task_name, w.step_name,
            extract(epoch from w.timeout_at)::text as timeout_at,
            count(*) over ()::integer as total
       from ${queueTable("w", queue)} w
       join ${queueTable("r", queue)} r on r.run_id = w.run_id and r.state = 'sleeping'
       join ${queueTable("t", queue)} t on t.task_id = w.task_id
      where w.event_name = $1
        and (w.timeout_at is null or w.timeout_at > absurd.current_time())
      order by w.run_id, w.step_name limit $2`,
    [eventName, limit],
    { queue },
  );
  return {
    wakes: rows.map((row) => ({
      taskId: row.task_id,
      runId: row.run_id,
      taskName: row.task_name,
      stepName: row.step_name,
      timeoutAt: decodeDate(row.timeout_at),
    })),
    wakesCount: rows[0]?.total ?? 0,
  };
}

type WokenRow = {
  task_id: Uuid;
  run_id: Uuid;
  task_name: string;
  step_name: string;
  timeout_at: string | null;
  total: number;
};
