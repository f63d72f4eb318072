import "server-only";
import { createHmac } from "node:crypto";
import { sql } from "drizzle-orm";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { dashboardTablesOfAllTenants } from "@/lib/db/dashboard-schema";
import { boolean, text } from "@/lib/db/decode";
import { deriveKey } from "@/lib/db/keys";
import { execute, query } from "@/lib/db/query";
import type { Uuid } from "@/lib/model/ids";
import { ProblemError } from "@/lib/model/problem";

const { actionRequests } = dashboardTablesOfAllTenants;

/** One press of a button: its id, the action and the input. */
export type ActionRequest = { requestId: Uuid; action: string; input: unknown };

/**
 * Returns the result of an earlier action with the same id, or `undefined` if this is the first. A simultaneous
 * second request waits for the transaction of the first. If the table is missing or the role may not use it, every
 * request counts as the first.
 *
 * @throws ProblemError `key_taken` if the earlier action had a different input.
 */
export async function findRepeated(
  db: Queryable,
  request: ActionRequest,
): Promise<{ result: unknown } | undefined> {
  if (!(await isAvailable(db))) return undefined;
  await execute(
    db,
    sql`select pg_advisory_xact_lock(hashtextextended(${`absurd-dashboard ${request.requestId}`}, 0))`,
  );
  const [found] = await query(
    db,
    { action: text, hash: text, result: text },
    sql`select action, input_hash as hash, result::text as result from ${actionRequests}
         where request_id = ${request.requestId}::uuid`,
  );
  if (!found) return undefined;
  if (found.action !== request.action || found.hash !== hashInput(request.input))
    throw new ProblemError({
      code: "key_taken",
      message: "This was already done, with other values.",
      hint: "Check the current state, then open the dialog again.",
    });
  return { result: JSON.parse(found.result) };
}

/** Stores the result of a request, in the transaction that did its work. */
export async function storeRequest(
  db: Queryable,
  request: ActionRequest,
  result: unknown,
): Promise<void> {
  if (!(await isAvailable(db))) return;
  await execute(
    db,
    sql`insert into ${actionRequests} (request_id, action, input_hash, result)
        values (${request.requestId}::uuid, ${request.action}, ${hashInput(request.input)},
          ${JSON.stringify(result ?? null)}::json)`,
  );
}

async function isAvailable(db: Queryable): Promise<boolean> {
  const [row] = await query(
    db,
    { available: boolean },
    // A table that does not exist makes the right NULL.
    sql`select coalesce(has_table_privilege(to_regclass('absurd_dashboard.action_request'), 'select, insert')
          and has_schema_privilege(to_regnamespace('absurd_dashboard'), 'usage'), false) as available`,
  );
  return row?.available ?? false;
}

/** Keyed, so that readers of the table cannot guess a payload. */
function hashInput(input: unknown): string {
  const key = deriveKey("request digest");
  return createHmac("sha256", key).update(JSON.stringify(input)).digest("hex");
}
