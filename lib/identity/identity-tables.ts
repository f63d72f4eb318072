import { sql } from "drizzle-orm";
import { getHomeDatabase } from "@/lib/db/databases";
import { boolean, DecodeError, type Decoder, text } from "@/lib/db/decode";
import { getHomePool } from "@/lib/db/pools";
import { query } from "@/lib/db/query";
import type { Grant } from "@/lib/model/access";
import { grantSchema } from "./session-cookie";

/** How long a "missing" result is cached, in milliseconds. Once found, the tables stay. */
const RECHECK_MS = 10_000;

// Pages, routes and actions are separate bundles that share only the process.
const KEY = Symbol.for("absurd-dashboard.identity-tables");
const shared = globalThis as { [KEY]?: Map<string, { installed: boolean; at: number }> };
shared[KEY] ??= new Map();
const known = shared[KEY];

/** Whether the first database has the tables of sessions, tokens and people, which `absurd-dashboard migrate` creates. */
export async function hasIdentityTables(): Promise<boolean> {
  const { url: key } = getHomeDatabase();
  const last = known.get(key);
  if (last && (last.installed || performance.now() - last.at < RECHECK_MS)) return last.installed;
  const [row] = await query(
    getHomePool(),
    { installed: boolean },
    sql`select to_regclass('absurd_dashboard.session') is not null as installed`,
  );
  const installed = row?.installed ?? false;
  known.set(key, { installed, at: performance.now() });
  return installed;
}

/** Decodes grants selected as text. */
export const decodeGrants: Decoder<Grant[]> = (value) =>
  grantSchema.array().parse(JSON.parse(text(value)));

/** `bytea`. */
export const bytes: Decoder<Buffer> = (value) => {
  if (Buffer.isBuffer(value)) return value;
  throw new DecodeError("bytes", value);
};
