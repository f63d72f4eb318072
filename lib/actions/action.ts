import { ProblemError } from "@/lib/model/problem";
import "server-only";
import type { z } from "zod";
import { atomically } from "@/lib/absurd/connection/atomically";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { clearSharedReads } from "@/lib/analytics/coalesce";
import { recordAudit } from "@/lib/audit/record";
import { getReadPool, getWritePool } from "@/lib/db/pools";
import { requireRole } from "@/lib/identity/require";
import type { Role } from "@/lib/identity/session";
import { explainFailure } from "./failures";
import { reason } from "./inputs";
import { logAction } from "./log";
import { allowReach, type Reach, requireOwnTasks } from "./reach";
import { recordAttempt } from "./record-attempt";
import type { ActionResult } from "./result";

/** What an action is given: its parsed input, one transaction, and who asks. */
type Work<Input, Output> = (input: Input, db: Queryable, operator: string) => Promise<Output>;

/** Every action takes a reason with its input, for the record. */
type WithReason<Input> = Input & { reason?: string };

/**
 * An action that changes something: authorises, parses, asks whether the tenants of a restricted dashboard may reach
 * for it, runs `work`, both in one transaction, and answers refusals as `ok: false` in words that can be shown. What is not foreseen is thrown to the error boundary.
 *
 * What was done is recorded in the same transaction; what was refused or failed, in one of its own afterwards. Where
 * the dashboard's tables are absent nothing is recorded, and the result says so.
 */
export function action<Schema extends z.ZodType, Output>(
  name: string,
  role: Role,
  schema: Schema,
  reach: Reach<z.output<Schema>, Output>,
  work: Work<z.output<Schema>, Output>,
): (input: WithReason<z.input<Schema>>) => Promise<ActionResult<Output>> {
  return async (input) => {
    let finished = false;
    let recorded = true;
    const result = await run(name, role, schema, input, async (parsed, operator) => {
      const entry = { operator, action: name, input: parsed, reason: reasonOf(input) };
      try {
        return await atomically(getWritePool(), async (db) => {
          await allowReach(reach, db, parsed);
          const output = await work(parsed, db, operator);
          if (reach.made) await requireOwnTasks(db, reach.made(parsed, output));
          recorded = await recordAudit(db, { ...entry, outcome: "done", output });
          finished = true;
          return output;
        });
      } catch (error) {
        if (!finished) await recordAttempt(entry, error);
        throw error;
      }
    });
    // Once all statements are done, only the commit can fail, and a lost connection does not say whether it did.
    if (!result.ok && finished && result.error.code === "database_unavailable")
      return { ok: false, error: UNKNOWN_OUTCOME };
    if (!result.ok) return result;
    clearSharedReads();
    return recorded ? result : { ...result, unrecorded: true };
  };
}

function reasonOf(input: unknown): string | undefined {
  const given = typeof input === "object" && input !== null && "reason" in input && input.reason;
  const parsed = reason.safeParse(given || undefined);
  if (!parsed.success) throw badInput(parsed.error);
  return parsed.data || undefined;
}

/** An action that only looks, such as a preview: as `action`, on the read-only pool. */
export function inquiry<Schema extends z.ZodType, Output>(
  name: string,
  role: Role,
  schema: Schema,
  reach: Reach<z.output<Schema>>,
  work: Work<z.output<Schema>, Output>,
): (input: z.input<Schema>) => Promise<ActionResult<Output>> {
  return (input) =>
    run(name, role, schema, input, async (parsed, operator) => {
      const db = getReadPool();
      await allowReach(reach, db, parsed);
      return work(parsed, db, operator);
    });
}

async function run<Schema extends z.ZodType, Output>(
  name: string,
  role: Role,
  schema: Schema,
  input: unknown,
  work: (input: z.output<Schema>, operator: string) => Promise<Output>,
): Promise<ActionResult<Output>> {
  const started = performance.now();
  let operator: string | null = null;
  const log = (outcome: string) => logAction({ name, operator, outcome, input, started });
  try {
    operator = (await requireRole(role)).name;
    const parsed = schema.safeParse(input);
    if (!parsed.success) throw badInput(parsed.error);
    const data = await work(parsed.data, operator);
    log("ok");
    return { ok: true, data };
  } catch (error) {
    const failure = explainFailure(error);
    log(failure?.code ?? "error");
    if (!failure) throw error;
    return { ok: false, error: { ...failure, changed: false } };
  }
}

function badInput(error: z.ZodError): ProblemError {
  const [issue] = error.issues;
  const field = issue?.path.join(".");
  if (field)
    return new ProblemError({
      code: "bad_request",
      message: `The field ${field} cannot be used: ${issue?.message}.`,
    });
  // A rule about several fields has words of its own; the library's are about types.
  const ruled = issue?.code === "custom" ? `${issue.message}.` : undefined;
  return new ProblemError({ code: "bad_request", message: ruled ?? "The request is malformed." });
}

const UNKNOWN_OUTCOME = {
  code: "outcome_unknown",
  message: "The connection to the database was lost while the change was being saved.",
  hint: "Look at the current state before you try again.",
  changed: "unknown",
} as const;
