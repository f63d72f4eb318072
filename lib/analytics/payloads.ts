import "server-only";
import { eq, type SQL, sql } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import { ownFirst, type QueueTables, queueTables } from "@/lib/db/schema";
import type { ReadOptions } from "@/lib/db/snapshot";
import type { Uuid } from "@/lib/model/ids";
import { ProblemError } from "@/lib/model/problem";
import type { PayloadRef } from "@/lib/search-params/payload";
import { getPayloadRoot, listSlices } from "./scope/payload";
import { withQueues } from "./scope/registry";

/**
 * The exact text of one JSON value of a task, of any size, in slices. Redacted values are masked.
 *
 * @throws ProblemError `payload_not_found` if there is no such row or its value is SQL NULL.
 */
export function getPayload(
  queue: string,
  taskId: Uuid,
  ref: PayloadRef,
  options: ReadOptions = {},
): Promise<string[]> {
  return getText(queue, locate(queueTables(queue), taskId, ref), options);
}

/**
 * The exact text of an event's payload, of any size, in slices. Redacted values are masked.
 *
 * @throws ProblemError `payload_not_found` if the event was not emitted.
 */
export function getEventPayload(
  queue: string,
  name: string,
  options: ReadOptions = {},
): Promise<string[]> {
  const tables = queueTables(queue);
  const { events, waits, isOwn } = tables;
  // The name is compared in visible waits first: they decide whether an event is visible.
  const isNamed = ownFirst(tables, "waits", eq(waits.eventName, name));
  const where = isOwn
    ? sql`${events.name} = any(array(select ${waits.eventName} from ${waits} where ${isNamed} limit 1))`
    : eq(events.name, name);
  return getText(queue, { table: events, column: events.payload, where }, options);
}

type Place = { table: PgTable; column: PgColumn; where: SQL };

function locate({ tasks, runs, checkpoints }: QueueTables, taskId: Uuid, ref: PayloadRef): Place {
  switch (ref.of) {
    case "checkpoint":
      return {
        table: checkpoints,
        column: checkpoints.state,
        where: sql`${eq(checkpoints.taskId, taskId)} and ${eq(checkpoints.name, ref.name)}`,
      };
    case "runResult":
    case "failureReason":
    case "eventPayload": {
      const column = ref.of === "runResult" ? runs.result : runs[ref.of];
      return {
        table: runs,
        column,
        where: sql`${eq(runs.runId, ref.run)} and ${eq(runs.taskId, taskId)}`,
      };
    }
    default:
      return { table: tasks, column: tasks[ref.of], where: eq(tasks.taskId, taskId) };
  }
}

function getText(queue: string, place: Place, options: ReadOptions): Promise<string[]> {
  const { table, column, where } = place;
  return withQueues([queue], options, async ({ db }) => {
    const slices = await listSlices(
      db,
      column,
      sql`${table} where ${where}`,
      getPayloadRoot(column),
    );
    if (slices.length === 0)
      throw new ProblemError({
        code: "payload_not_found",
        message: "There is no such value.",
        hint: "It may have changed since the page was loaded.",
      });
    return slices;
  });
}
