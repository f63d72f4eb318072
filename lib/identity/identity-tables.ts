import { sql } from "drizzle-orm";
import * as z from "zod";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { getHomeDatabase, hasSeveralDatabases } from "@/lib/db/databases";
import { boolean, DecodeError, type Decoder, text } from "@/lib/db/decode";
import { getHomePool } from "@/lib/db/pools";
import { query } from "@/lib/db/query";
import type { Grant } from "@/lib/model/access";
import { ProblemError } from "@/lib/model/problem";
import { isUnavailable } from "@/lib/model/sqlstate";
import { grantSchema } from "./session-cookie";

/** How long a "missing" result is cached, in milliseconds. Once found, the tables stay. */
const RECHECK_MS = 10_000;

// Pages, routes and actions are separate bundles that share only the process.
const KEY = Symbol.for("absurd-dashboard.identity-tables");
type Shared = {
  known: Map<string, { installed: boolean; at: number }>;
  /** Until when the database counts as unavailable, if there are others. */
  away: { until: number };
};
const shared = globalThis as { [KEY]?: Shared };
shared[KEY] ??= { known: new Map(), away: { until: Number.NEGATIVE_INFINITY } };
const { known, away } = shared[KEY];

/**
 * Whether the first database has the tables of sessions, tokens and people, which `absurd-dashboard migrate` creates.
 */
export async function hasIdentityTables(db: Queryable = getHomePool()): Promise<boolean> {
  const { url: key } = getHomeDatabase();
  const last = known.get(key);
  if (last && (last.installed || performance.now() - last.at < RECHECK_MS)) return last.installed;
  const [row] = await query(
    db,
    { installed: boolean },
    sql`select to_regclass('absurd_dashboard.session') is not null as installed`,
  );
  const installed = row?.installed ?? false;
  known.set(key, { installed, at: performance.now() });
  return installed;
}

/**
 * How long a cached session or token is trusted while the first of several databases is unavailable, in
 * milliseconds. Pages of the others keep working that long; an end or a revocation by another process goes
 * unnoticed until the first one is back.
 */
export const BELIEVED_WHILE_AWAY_MS = 3_600_000;

/**
 * Time limit of the first of several databases to respond, in milliseconds: requests to the others wait for it.
 */
const RESPONSE_MS = 2_000;

/** How long it is not queried after a failure, in milliseconds. */
const RETRY_MS = 5_000;

const AWAY = new ProblemError({
  code: "database_unavailable",
  message: "The database with the sessions does not respond.",
  hint: "The page retries automatically.",
});

/**
 * The result of `work` on the database of sessions. If there are other databases, it fails after two seconds, and
 * immediately for five seconds after a failure.
 */
export async function askHome<T>(work: () => Promise<T>): Promise<T> {
  if (!hasSeveralDatabases()) return work();
  if (performance.now() < away.until) throw AWAY;
  const running = work();
  // It may fail after the deadline, when nothing waits for it.
  running.catch(() => undefined);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(AWAY), RESPONSE_MS);
  });
  try {
    return await Promise.race([running, late]);
  } catch (error) {
    if (isHomeAway(error)) away.until = performance.now() + RETRY_MS;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Whether an error means that the first of several databases is unavailable. */
export function isHomeAway(error: unknown): boolean {
  return hasSeveralDatabases() && (error === AWAY || isUnavailable(error));
}

/** Lets the next call query the database of sessions at once, for tests. */
export function forgetOutage(): void {
  away.until = Number.NEGATIVE_INFINITY;
}

/** Grants as stored. A grant without `payloads` shows no payloads. */
const storedGrants = grantSchema.extend({ payloads: z.boolean().catch(false) }).array();

/**
 * Decodes grants selected as text. If one can't be decoded, all grants of the row permit nothing, since the
 * strictest of several grants decides: such a row must neither prevent others from being listed nor widen any rights.
 */
export const decodeGrants: Decoder<Grant[]> = (value) => {
  try {
    return storedGrants.parse(JSON.parse(text(value)));
  } catch {
    return [];
  }
};

/** `bytea`. */
export const bytes: Decoder<Buffer> = (value) => {
  if (Buffer.isBuffer(value)) return value;
  throw new DecodeError("bytes", value);
};
