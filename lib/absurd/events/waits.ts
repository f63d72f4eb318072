import type { Uuid } from "../../model/ids.ts";
import { decodeDate, selectInstants } from "../connection/columns.ts";
import { requireInteger } from "../connection/parameters.ts";
import type { Queryable } from "../connection/queryable.ts";
import { call, queueTable } from "../connection/sql.ts";

/** A sleeping run's wait for an event. */
export type Wait = {
  taskId: Uuid;
  runId: Uuid;
  stepName: string;
  eventName: string;
  /** `null`: no timeout. */
  timeoutAt: Date | null;
  createdAt: Date;
};

/** Filters and paging of `listWaits`. */
export type ListWaitsOptions = {
  eventName?: string;
  taskId?: Uuid;
  /** Cursor: the last wait of the previous page. */
  after?: Pick<Wait, "runId" | "stepName">;
  /** 100 by default. */
  limit?: number;
};

/** Lists waits of a queue by run id, which is creation order. @throws QueueNotFoundError. */
export async function listWaits(
  db: Queryable,
  queue: string,
  options: ListWaitsOptions = {},
): Promise<Wait[]> {
  const { eventName, taskId, after, limit = 100 } = options;
  requireInteger("limit", limit, 1);
  const rows = await call<WaitRow>(
    db,
    `select task_id, run_id, step_name, event_name,
            ${selectInstants("timeout_at", "created_at")}
       from ${queueTable("w", queue)}
      where ($1::text is null or event_name = $1)
        and ($2::uuid is null or task_id = $2)
        and ($3::uuid is null or (run_id, step_name) > ($3, $4::text))
      order by run_id, step_name limit $5`,
    [eventName ?? null, taskId ?? null, after?.runId ?? null, after?.stepName ?? null, limit],
    { queue },
  );
  return rows.map((row) => ({
    taskId: row.task_id,
    runId: row.run_id,
    stepName: row.step_name,
    eventName: row.event_name,
    timeoutAt: decodeDate(row.timeout_at),
    createdAt: decodeDate(row.created_at),
  }));
}

type WaitRow = {
  task_id: Uuid;
  run_id: Uuid;
  step_name: string;
  event_name: string;
  timeout_at: string | null;
  created_at: string;
};
