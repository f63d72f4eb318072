import "server-only";
import type * as z from "zod";
import { atomically } from "@/lib/absurd/connection/atomically";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { type AuditRecord, recordAudit } from "@/lib/audit/record";
import { getHomeDatabase, runOn } from "@/lib/db/databases";
import { getReadPool, getWritePool } from "@/lib/db/pools";
import { findProblem } from "@/lib/engine-problems";
import type { Identity } from "@/lib/identity/identity";
import { withPermission } from "@/lib/identity/require";
import { clearSharedReads } from "@/lib/live/shared-reads";
import type { Permission } from "@/lib/model/access";
import type { Uuid } from "@/lib/model/ids";
import { formatLogLine } from "@/lib/model/log-line";
import { ProblemError } from "@/lib/model/problem";
import { reason, uuid } from "./internal/inputs";
import { logAction } from "./internal/log";
import { findRepeated, storeRequest } from "./internal/requests";
import type { ActionResult } from "./result";
import { enforceGuard, type Guard, requireOwnTasks } from "./tenant-guards";

/** An action and the permission that it needs. */
type Definition<Schema extends z.ZodType, Output> = {
  /** The action's name in the audit log and in the server's log, such as `cancel task`. */
  name: string;
  permission: Permission;
  input: Schema;
  /** Which tasks, events or queues the action may touch in a dashboard that is restricted to tenants. */
  guard: Guard<z.output<Schema>, Output>;
  /**
   * `home` for actions on the dashboard itself instead of a database: they run and are recorded in the first one.
   */
  where?: "home";
  /** The result has a secret, so it is not stored: a repeated request is refused instead of returning it. */
  isSecret?: true;
  /** The work itself, inside the action's transaction. Throwing rolls it back. */
  run: (
    input: z.output<Schema>,
    context: { db: Queryable; operator: string; identity: Identity },
  ) => Promise<Output>;
};

/**
 * What an action would do now. `run` receives the signal of the request, which aborts it when it is no longer
 * needed.
 */
type PreviewDefinition<Schema extends z.ZodType, Output> = Omit<
  Definition<Schema, Output>,
  "run" | "isSecret"
> & {
  run: (
    input: z.output<Schema>,
    context: {
      db: Queryable;
      operator: string;
      identity: Identity;
      signal: AbortSignal | undefined;
    },
  ) => Promise<Output>;
};

/**
 * Every action accepts a reason, for the audit log, and the id of the press that sent it: a second request with
 * the same id changes nothing and returns the result of the first.
 */
type WithReason<Input> = Input & { reason?: string; requestId?: Uuid };

/**
 * A server action that changes something: it authorises and parses; then it checks the guard, does the work and
 * writes the audit entry in one transaction. Foreseen failures resolve to `ok: false`; any other error is thrown
 * to the error boundary.
 *
 * `changed: false` is a promise that the transaction was rolled back. If the connection breaks at the commit, the
 * result is `outcome_unknown`. A refused or failed attempt is recorded afterwards, in a transaction of its own. If
 * the audit table is missing, nothing is recorded and the result is marked `unrecorded`.
 */
export function defineAction<Schema extends z.ZodType, Output>({
  name,
  permission,
  input: schema,
  guard,
  where,
  isSecret,
  run,
}: Definition<Schema, Output>): (
  input: WithReason<z.input<Schema>>,
) => Promise<ActionResult<Output>> {
  return async (input) => {
    let isWorkDone = false;
    let isRecorded = true;
    const call = { name, permission, schema, input };
    const result = await at(where, () =>
      resolve(call, async (parsed, identity) => {
        const { name: operator } = identity;
        const entry = { operator, action: name, input: parsed, reason: parseReason(input) };
        const requestId = parseRequestId(input);
        const request = requestId && { requestId, action: name, input: { operator, parsed } };
        try {
          return await atomically(getWritePool(), async (db) => {
            await enforceGuard(guard, db, parsed);
            const repeated = request && (await findRepeated(db, request));
            if (repeated && isSecret) throw new ProblemError(SHOWN_ONCE);
            if (repeated) return repeated.result as Output;
            const output = await run(parsed, { db, operator, identity });
            if (guard.created) await requireOwnTasks(db, guard.created(parsed, output));
            isRecorded = await recordAudit(db, { ...entry, outcome: "done", output });
            if (request) await storeRequest(db, request, isSecret ? null : output);
            isWorkDone = true;
            return output;
          });
        } catch (error) {
          if (!isWorkDone) await recordAttempt(entry, error);
          throw error;
        }
      }),
    );
    // After the last statement only the commit can fail; if the connection is lost then, its outcome is unknown.
    if (!result.ok && isWorkDone && result.error.code === "database_unavailable")
      return { ok: false, error: OUTCOME_UNKNOWN };
    if (!result.ok) return result;
    clearSharedReads();
    return isRecorded ? result : { ...result, unrecorded: true };
  };
}

/**
 * The preview of an action: authorised, parsed and guarded like the action, on the read-only pool, unrecorded.
 * Browsers fetch it by a GET route, because their server actions run one after another: a slow preview would delay
 * the action itself.
 */
export function definePreview<Schema extends z.ZodType, Output>({
  name,
  permission,
  input: schema,
  guard,
  run,
}: PreviewDefinition<Schema, Output>): (
  input: z.input<Schema>,
  request?: Request,
) => Promise<ActionResult<Output>> {
  return (input, request) =>
    resolve({ name, permission, schema, input, request }, async (parsed, identity) => {
      const db = getReadPool();
      await enforceGuard(guard, db, parsed);
      const { name: operator } = identity;
      return run(parsed, { db, operator, identity, signal: request?.signal });
    });
}

/** Runs work in the page's database, or in the first one. */
function at<T>(where: "home" | undefined, work: () => T): T {
  return where === "home" ? runOn(getHomeDatabase(), work) : work();
}

const SHOWN_ONCE = {
  code: "key_taken",
  message: "This was already done, and its result is shown once.",
  hint: "Revoke what it created, and do it again.",
} as const;

const OUTCOME_UNKNOWN = {
  code: "outcome_unknown",
  message: "The connection to the database was lost while the change was being committed.",
  hint: "Check the current state before you try again.",
  changed: "unknown",
} as const;

/** Authorises, parses and works; logs one line, and turns foreseen errors into a result. */
async function resolve<Schema extends z.ZodType, Output>(
  call: {
    name: string;
    permission: Permission;
    schema: Schema;
    input: unknown;
    request?: Request | undefined;
  },
  work: (input: z.output<Schema>, identity: Identity) => Promise<Output>,
): Promise<ActionResult<Output>> {
  const { name, permission, schema, input, request } = call;
  const started = performance.now();
  let operator: string | null = null;
  const log = (outcome: string) => logAction({ name, operator, outcome, input, started });
  try {
    const data = await withPermission(permission, request, (identity) => {
      operator = identity.name;
      const parsed = schema.safeParse(input);
      if (!parsed.success) throw badInput(parsed.error);
      return work(parsed.data, identity);
    });
    log("ok");
    return { ok: true, data };
  } catch (error) {
    const problem = findProblem(error);
    log(problem?.code ?? "error");
    if (!problem) throw error;
    return { ok: false, error: { ...problem, changed: false } };
  }
}

function parseReason(input: unknown): string | undefined {
  const given = typeof input === "object" && input !== null && "reason" in input && input.reason;
  const parsed = reason.safeParse(given || undefined);
  if (!parsed.success) throw badInput(parsed.error);
  return parsed.data || undefined;
}

function parseRequestId(input: unknown): Uuid | undefined {
  const given = typeof input === "object" && input !== null && "requestId" in input;
  if (!given || input.requestId === undefined) return undefined;
  const parsed = uuid.safeParse(input.requestId);
  if (!parsed.success) throw badInput(parsed.error);
  return parsed.data;
}

/**
 * Names the first field that does not parse. A rule about several fields has its own message. Unknown fields are
 * not named, because the audit entry keeps the message.
 */
function badInput(error: z.ZodError): ProblemError {
  const [issue] = error.issues;
  const field = issue?.path.join(".");
  const describe = () => {
    if (issue?.code === "unrecognized_keys") return "The request has an unknown field.";
    if (field) return `Invalid ${field}: ${issue?.message}.`;
    return issue?.code === "custom" ? `${issue.message}.` : "The request is malformed.";
  };
  return new ProblemError({ code: "bad_request", message: describe() });
}

/**
 * Records an action that changed nothing. The change was rolled back, so this cannot be part of its transaction;
 * if it fails too, the attempt appears only in the server's log.
 */
async function recordAttempt(entry: Omit<AuditRecord, "outcome">, error: unknown): Promise<void> {
  const problem = findProblem(error);
  if (problem?.code === "database_unavailable") return;
  try {
    await recordAudit(getWritePool(), {
      ...entry,
      outcome: problem ? "refused" : "failed",
      code: problem?.code ?? "internal",
      message: problem?.message ?? "Internal error in the dashboard; see the server log.",
    });
  } catch (unrecorded) {
    const { name } = unrecorded as Error;
    console.error(formatLogLine({ audit: "an attempt was not recorded", error: name }));
  }
}
