import { createHash, randomBytes } from "node:crypto";
import { sql } from "drizzle-orm";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { boolean, instant, nullable, number, text } from "@/lib/db/decode";
import { getHomePool } from "@/lib/db/pools";
import { execute, query } from "@/lib/db/query";
import { type ApiToken, type Grant, MAX_TOKEN_DAYS } from "@/lib/model/access";
import type { Iso } from "@/lib/model/instants";
import { translateReadError } from "@/lib/model/sqlstate";
import { isSameSecret } from "./client-address";
import type { Identity } from "./identity";
import {
  askHome,
  BELIEVED_WHILE_AWAY_MS,
  bytes,
  decodeGrants,
  hasIdentityTables,
  isHomeAway,
} from "./identity-tables";

/**
 * How long the result of a lookup is trusted, in milliseconds: a revocation by another process goes unnoticed
 * until then.
 */
const BELIEVED_MS = 5_000;

/** How often the use of a token is stored, in milliseconds. */
const USE_MS = 60_000;

/** The settings of a new token. */
export type NewApiToken = {
  name: string;
  grants: readonly Grant[];
  days: number;
  createdBy: string;
};

type Known = { at: number; usedAt: number; row: Row | null };
type Row = {
  name: string;
  hash: Buffer;
  grants: Grant[];
  isRevoked: boolean;
  /** Time from reading the row to the token's expiry, in milliseconds. */
  lifeMs: number;
};

// Pages, routes and actions are separate bundles that share only the process.
const KEY = Symbol.for("absurd-dashboard.api-tokens");
const shared = globalThis as { [KEY]?: Map<string, Known> };
shared[KEY] ??= new Map();
const known = shared[KEY];

/**
 * Creates a token `adb_<id>_<secret>` that expires after `days`. The secret has 256 random bits; only its SHA-256
 * is stored, so the token can be seen only now.
 *
 * @throws RangeError for a lifetime that is not between a day and `MAX_TOKEN_DAYS`.
 */
export async function createApiToken(
  db: Queryable,
  { name, grants, days, createdBy }: NewApiToken,
): Promise<{ tokenId: string; token: string; expiresAt: Iso }> {
  if (!(days >= 1 && days <= MAX_TOKEN_DAYS))
    throw new RangeError(`A token lives between 1 and ${MAX_TOKEN_DAYS} days.`);
  const tokenId = randomBytes(6).toString("hex");
  const secret = randomBytes(32).toString("base64url");
  const [row] = await query(
    db,
    { expiresAt: instant },
    sql`insert into absurd_dashboard.api_token (token_id, name, secret_hash, grants, created_by, expires_at)
        values (${tokenId}, ${name}, ${hash(secret)}, ${JSON.stringify(grants)}::jsonb, ${createdBy},
          clock_timestamp() + make_interval(days => ${days}::int))
        returning expires_at as "expiresAt"`,
  );
  if (!row) throw new Error("An insert returned no row");
  return { tokenId, token: `adb_${tokenId}_${secret}`, expiresAt: row.expiresAt };
}

/** The newest 200 tokens, including revoked and expired ones. */
export function listApiTokens(db: Queryable): Promise<ApiToken[]> {
  return query(
    db,
    {
      ...{ tokenId: text, name: text, grants: decodeGrants, createdBy: text, createdAt: instant },
      ...{ expiresAt: instant, lastUsedAt: nullable(instant), revokedAt: nullable(instant) },
      isExpired: boolean,
    },
    sql`select token_id as "tokenId", name, grants::text as grants, created_by as "createdBy",
               created_at as "createdAt", expires_at as "expiresAt", last_used_at as "lastUsedAt",
               revoked_at as "revokedAt", expires_at <= clock_timestamp() as "isExpired"
          from absurd_dashboard.api_token order by created_at desc limit 200`,
  );
}

/** The grants of a token; `undefined` if it is unknown or revoked. */
export async function findTokenGrants(
  db: Queryable,
  tokenId: string,
): Promise<Grant[] | undefined> {
  const [row] = await query(
    db,
    { grants: decodeGrants },
    sql`select grants::text as grants from absurd_dashboard.api_token
         where token_id = ${tokenId} and revoked_at is null`,
  );
  return row?.grants;
}

/** Revokes a token; returns whether it was still valid. Other processes notice within five seconds. */
export async function revokeApiToken(db: Queryable, tokenId: string, by: string): Promise<boolean> {
  const rows = await query(
    db,
    { name: text },
    sql`update absurd_dashboard.api_token set revoked_at = clock_timestamp(), revoked_by = ${by}
         where token_id = ${tokenId} and revoked_at is null returning name`,
  );
  // Until the transaction commits, a lookup could return the earlier state, which would be trusted for seconds.
  known.set(tokenId, { row: null, at: performance.now(), usedAt: Number.NEGATIVE_INFINITY });
  return rows.length > 0;
}

/**
 * The identity of a token; `null` if it is unknown, wrong, revoked or expired, or without the dashboard's tables.
 *
 * @throws ProblemError as `translateReadError` does: without a database the token's validity is unknown.
 */
export async function findApiToken(token: string): Promise<Identity | null> {
  const match = /^adb_([0-9a-f]{12})_([\w-]{43})$/.exec(token);
  if (!match) return null;
  const [, tokenId = "", secret = ""] = match;
  const entry = await findKnown(tokenId).catch((error: unknown) => {
    throw translateReadError(error);
  });
  if (!entry?.row) return null;
  const { row } = entry;
  if (row.isRevoked || row.lifeMs <= performance.now() - entry.at) return null;
  if (!isSameSecret(hash(secret).toString("hex"), row.hash.toString("hex"))) return null;
  noteUse(tokenId, entry);
  const { name, grants } = row;
  return {
    ...{ subject: tokenId, name, door: "api token", grants, sessionId: null },
    reasons: [`token ${tokenId}`],
  };
}

async function findKnown(tokenId: string): Promise<Known | undefined> {
  const last = known.get(tokenId);
  const age = last ? performance.now() - last.at : Number.POSITIVE_INFINITY;
  if (last && age < BELIEVED_MS) return last;
  return askHome(() => findRow(tokenId, last)).catch((error: unknown) => {
    if (last?.row && age < BELIEVED_WHILE_AWAY_MS && isHomeAway(error)) return last;
    throw error;
  });
}

async function findRow(tokenId: string, last: Known | undefined): Promise<Known | undefined> {
  if (!(await hasIdentityTables())) return undefined;
  const [row] = await query(
    getHomePool(),
    { name: text, hash: bytes, grants: decodeGrants, isRevoked: boolean, lifeMs: number },
    sql`select name, secret_hash as hash, grants::text as grants, revoked_at is not null as "isRevoked",
               (extract(epoch from expires_at - clock_timestamp()) * 1000)::float8 as "lifeMs"
          from absurd_dashboard.api_token where token_id = ${tokenId}`,
  );
  // Ids come from unauthenticated requests, so the map must not grow with them.
  if (known.size >= 1_000) known.clear();
  const entry = {
    row: row ?? null,
    at: performance.now(),
    usedAt: last?.usedAt ?? Number.NEGATIVE_INFINITY,
  };
  known.set(tokenId, entry);
  return entry;
}

function noteUse(tokenId: string, entry: Known): void {
  if (performance.now() - entry.usedAt < USE_MS) return;
  entry.usedAt = performance.now();
  execute(
    getHomePool(),
    sql`update absurd_dashboard.api_token set last_used_at = clock_timestamp() where token_id = ${tokenId}`,
  ).catch(() => {
    entry.usedAt = Number.NEGATIVE_INFINITY;
  });
}

function hash(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
