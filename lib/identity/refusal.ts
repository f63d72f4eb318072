import { RateLimiterMemory } from "rate-limiter-flexible";
import { type AuditRecord, recordAudit } from "@/lib/audit/record";
import { findCurrentDatabase, getHomeDatabase, runOn } from "@/lib/db/databases";
import { getWritePool } from "@/lib/db/pools";
import { type Actor, getViewer, runAs, UNRESTRICTED } from "@/lib/db/viewer";
import { formatLogLine } from "@/lib/model/log-line";

/**
 * The maximum number of recorded refusals: per person or address and minute, and of all unknown callers per hour.
 */
const LIMITS = { each: 10, strangers: 120 };

// Pages, routes and the server around them are separate bundles that share only the process.
const KEY = Symbol.for("absurd-dashboard.refusals");
type Limiters = { each: RateLimiterMemory; strangers: RateLimiterMemory };
const shared = globalThis as { [KEY]?: Limiters };
shared[KEY] ??= {
  each: new RateLimiterMemory({ points: LIMITS.each, duration: 60 }),
  strangers: new RateLimiterMemory({ points: LIMITS.strangers, duration: 3_600 }),
};
const { each, strangers } = shared[KEY];

/** An attempt that was not permitted. */
export type Refusal = {
  /** The person who tried, if known. */
  actor: Actor | null;
  address: string | null;
  /** The missing permission, or what was attempted. */
  action: string;
  code: string;
  message: string;
  path?: string;
};

/** Logs a refusal as one line. */
export function logRefusal({ actor, address, action, code, path }: Refusal): void {
  const { name: operator = null, door = null, subject = null } = actor ?? {};
  console.warn(
    formatLogLine({
      refused: action,
      code,
      operator,
      door,
      subject,
      address,
      ...(path && { path }),
    }),
  );
}

/**
 * Logs a refusal, and records it unless too many were recorded already, so that no one can flood the audit log.
 * Refusals that are not recorded are still in the server's log. Never throws: the refusal also stands without a
 * database.
 */
export async function recordRefusal(refusal: Refusal): Promise<void> {
  logRefusal(refusal);
  const { actor, address, action, code, message } = refusal;
  const key = actor ? `${actor.door} ${actor.subject}` : (address ?? "unknown");
  if (!(await hasPoint(each, key))) return;
  if (!actor && !(await hasPoint(strangers, "all"))) return;
  const operator = actor?.name ?? "somebody";
  await recordQuietly(actor, {
    ...{ operator, action, input: { address: address ?? "unknown" } },
    ...{ outcome: "refused" as const, code, message },
  });
}

/**
 * Records something that changes nothing in the engine, such as a sign-in, in the database of the current work, or
 * in the first one if there is none. If that database is unavailable, it is only logged.
 */
export async function recordQuietly(actor: Actor | null, record: AuditRecord): Promise<void> {
  try {
    await runOn(findCurrentDatabase() ?? getHomeDatabase(), () =>
      runAs({ ...UNRESTRICTED, ...(actor && { actor }) }, () =>
        recordAudit(getWritePool(), record),
      ),
    );
  } catch (unrecorded) {
    const { name } = unrecorded as Error;
    console.error(formatLogLine({ audit: "not recorded", action: record.action, error: name }));
  }
}

/**
 * Records that the caller exports the rows that match the filters, before the first row is sent. The filters are
 * the query string; the entry keeps its beginning.
 */
export async function recordExport(action: string, filters: string): Promise<void> {
  const viewer = getViewer();
  const operator = viewer.actor?.name ?? "";
  const record: AuditRecord = { operator, action, input: { filters }, outcome: "done" };
  await recordAudit(getWritePool(), record).catch((unrecorded: Error) => {
    console.error(formatLogLine({ audit: "not recorded", action, error: unrecorded.name }));
  });
}

async function hasPoint(limiter: RateLimiterMemory, key: string): Promise<boolean> {
  return limiter.consume(key).then(
    () => true,
    () => false,
  );
}
