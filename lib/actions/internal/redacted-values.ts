import { ProblemError } from "@/lib/model/problem";
import "server-only";
import { sql } from "drizzle-orm";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { mapDatabaseError, queueTable } from "@/lib/absurd/connection/sql";
import { nullable, text } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import { isViewRedacted, redactionRules } from "@/lib/db/redaction";
import type { Uuid } from "@/lib/model/ids";
import type { Json, JsonObject } from "@/lib/model/json";
import { MisplacedMaskError, restoreRedacted } from "@/lib/redaction/restore";

type Edits = { params?: Json; headers?: JsonObject };

/**
 * Replaces the masks in edits of params and headers with the redacted values of the task.
 *
 * @throws ProblemError `redacted_value` if a mask has no value, or its value would become visible.
 */
export async function restoreEdits<E extends Edits>(
  db: Queryable,
  queue: string,
  taskId: Uuid,
  edits: E,
): Promise<E> {
  if (!isViewRedacted() || (edits.params === undefined && edits.headers === undefined))
    return edits;
  const table = sql.raw(queueTable("t", queue));
  const [row] = await query(
    db,
    { params: text, headers: nullable(text) },
    sql`select params::text as params, headers::text as headers from ${table} where task_id = ${taskId}`,
  ).catch((error) => {
    throw mapDatabaseError(error, { queue });
  });
  const { params, headers } = edits;
  return {
    ...edits,
    ...(params !== undefined && { params: await restore("params", params, row?.params ?? null) }),
    ...(headers && { headers: await restore("headers", headers, row?.headers ?? null) }),
  };
}

/** Refuses masks in a value that has no original task. */
export async function refuseMasks<Value extends Json | undefined>(
  root: string,
  value: Value,
): Promise<Value> {
  return value === undefined || !isViewRedacted() ? value : restore(root, value as never, null);
}

async function restore<Value extends Json>(
  root: string,
  edited: Value,
  original: string | null,
): Promise<Value> {
  try {
    return (await restoreRedacted(redactionRules(), root, edited, original)) as Value;
  } catch (error) {
    if (!(error instanceof MisplacedMaskError)) throw error;
    throw new ProblemError({
      code: "redacted_value",
      message: error.message,
      hint: "Leave a mask where it is to keep its value, or write a new value in its place.",
    });
  }
}
