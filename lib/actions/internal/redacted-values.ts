import { ProblemError } from "@/lib/model/problem";
import "server-only";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { call, queueTable } from "@/lib/absurd/connection/sql";
import { getEnvironment } from "@/lib/db/env";
import type { Uuid } from "@/lib/model/ids";
import type { Json, JsonObject } from "@/lib/model/json";
import { MisplacedMaskError, restoreHidden } from "@/lib/redaction/restore";

const redactionRules = () => getEnvironment().DASHBOARD_REDACT;
const isRedacting = () => redactionRules().patterns.length > 0;

type Edits = { params?: Json; headers?: JsonObject };

/**
 * Puts the hidden values of a task back where the masks shown for them stand in edits of its params and headers.
 *
 * @throws ProblemError where a mask stands for nothing, or would show its value.
 */
export async function restoreEdits<E extends Edits>(
  db: Queryable,
  queue: string,
  taskId: Uuid,
  edits: E,
): Promise<E> {
  if (!isRedacting() || (edits.params === undefined && edits.headers === undefined)) return edits;
  const [row] = await call<{ params: string; headers: string | null }>(
    db,
    `select params::text as params, headers::text as headers
       from ${queueTable("t", queue)} where task_id = $1`,
    [taskId],
    { queue },
  );
  const { params, headers } = edits;
  return {
    ...edits,
    ...(params !== undefined && { params: restore("params", params, row?.params ?? null) }),
    ...(headers && { headers: restore("headers", headers, row?.headers ?? null) }),
  };
}

/** Refuses a value with a mask in it, where there is no task to take the hidden value from. */
export function refuseMasks<Value extends Json | undefined>(root: string, value: Value): Value {
  return value === undefined || !isRedacting() ? value : restore(root, value as never, null);
}

function restore<Value extends Json>(root: string, edited: Value, original: string | null): Value {
  try {
    return restoreHidden(redactionRules(), root, edited, original) as Value;
  } catch (error) {
    if (!(error instanceof MisplacedMaskError)) throw error;
    throw new ProblemError({
      code: "redacted_value",
      message: error.message,
      hint: "Leave a mask where it is to keep its value, or write a new value in its place.",
    });
  }
}
