/** Checks of the connection itself: encryption, server, clock, pooler, limits. */
import type { Client } from "pg";
import { dial, type Target } from "./dial";
import type { Check } from "./report";

const OLDEST_MAJOR = 14;
const NEWEST_MAJOR = 18;

/** A larger difference between clocks confuses people who compare log lines; in seconds. */
const CLOCK_WARNING_SECONDS = 2;

/** Connections of one server process: ten for queries, four for changes, and those of background work. */
const CONNECTIONS = 16;

export async function checkTls(client: Client, { host }: Target): Promise<Check> {
  const id = "tls";
  const { rows } = await client.query(
    "select ssl, version, cipher from pg_stat_ssl where pid = pg_backend_pid()",
  );
  const isLocal = host.startsWith("/") || /^(localhost|127\.|::1$)/.test(host);
  if (rows[0]?.ssl)
    return {
      id,
      verdict: "ok",
      message: `The connection is encrypted (${rows[0].version}, ${rows[0].cipher}).`,
    };
  if (isLocal)
    return { id, verdict: "ok", message: "Not encrypted; it does not leave this machine." };
  return {
    id,
    verdict: "warning",
    message: "The connection to the database, or from the pooler to it, is not encrypted.",
    hint: "Add `sslmode=verify-full` to DATABASE_URL, unless the network is trusted.",
  };
}

export async function checkVersion(client: Client): Promise<Check> {
  const { rows } = await client.query(
    "select current_setting('server_version') as version, current_setting('server_version_num')::int as number",
  );
  const { version, number } = rows[0];
  const major = Math.floor(number / 10_000);
  const message = `PostgreSQL ${version}.`;
  if (major < OLDEST_MAJOR)
    return {
      id: "postgresql",
      verdict: "error",
      message,
      hint: `Upgrade it: the oldest tested version is ${OLDEST_MAJOR}.`,
    };
  if (major > NEWEST_MAJOR)
    return {
      id: "postgresql",
      verdict: "warning",
      message,
      hint: `This release was tested up to PostgreSQL ${NEWEST_MAJOR}; look for a newer one.`,
    };
  return { id: "postgresql", verdict: "ok", message };
}

/** Compares the clocks, as exactly as the round trip permits. The engine works only by the database's clock. */
export async function checkClock(client: Client): Promise<Check> {
  const before = Date.now();
  const { rows } = await client.query("select extract(epoch from clock_timestamp())::float8 as at");
  const after = Date.now();
  const skew = rows[0].at - (before + after) / 2_000;
  const uncertain = (after - before) / 2_000;
  const apart = Math.max(0, Math.abs(skew) - uncertain);
  if (apart <= CLOCK_WARNING_SECONDS)
    return {
      id: "clock",
      verdict: "ok",
      message: "The clocks of this machine and the database agree.",
    };
  return {
    id: "clock",
    verdict: "warning",
    message: `This machine's clock is ${apart.toFixed(1)} s ${skew > 0 ? "behind" : "ahead of"} the database's.`,
    hint: "Ages on the pages are right, since they use the database's clock; sessions expire by this machine's. Run an NTP client on both.",
  };
}

/**
 * Whether a pooler assigns server connections per transaction: then a second client receives the connection that
 * the first one has just used, while the first is still connected. One that assigns them per statement refuses
 * transactions, without which the dashboard can't work.
 */
export async function checkPooler(client: Client, connectionString: string): Promise<Check> {
  const id = "pooler";
  const { rows: mine } = await client.query("select pg_backend_pid() as pid");
  const second = await dial(connectionString);
  if ("failure" in second)
    return { id, verdict: "skipped", message: "There was no second connection to check with." };
  try {
    const isRefused = await second.client.query("begin").then(
      () => false,
      () => true,
    );
    if (isRefused)
      return {
        id,
        verdict: "error",
        message: "The server refuses transactions, as a pooler in statement mode does.",
        hint: "Set the pooler to session or transaction mode: `pool_mode = transaction` in PgBouncer.",
      };
    const { rows: other } = await second.client.query("select pg_backend_pid() as pid");
    await second.client.query("rollback");
    return mine[0].pid === other[0].pid
      ? {
          id,
          verdict: "ok",
          message: "A pooler in transaction mode is in between; everything works through it.",
        }
      : { id, verdict: "ok", message: "No pooler in transaction mode is in between." };
  } finally {
    await second.client.end().catch(() => {});
  }
}

/** Limits and settings of the server and the role that make pages slow, stale or fail. */
export async function checkSettings(client: Client): Promise<Check[]> {
  const { rows } = await client.query(`
    select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as server,
      (select rolconnlimit from pg_roles where rolname = current_user) as role,
      (select datconnlimit from pg_database where datname = current_database()) as database,
      current_setting('autovacuum')::bool as autovacuum,
      current_setting('track_counts')::bool as counts,
      extract(epoch from current_setting('statement_timeout')::interval)::float8 as statement`);
  const [found] = rows;
  const limits = [found.server, found.role, found.database].filter((limit) => limit >= 0);
  const connections = Math.min(...limits);
  const checks: Check[] = [];
  if (connections < CONNECTIONS)
    checks.push({
      id: "connections",
      verdict: "warning",
      message: `The server allows this role ${connections} connections; the dashboard uses up to ${CONNECTIONS}.`,
      hint: "Raise the limit of the role, database or server. Until then, requests wait for each other, and background work may get no connection.",
    });
  if (!found.autovacuum || !found.counts)
    checks.push({
      id: "autovacuum",
      verdict: "warning",
      message: `${found.autovacuum ? "track_counts" : "autovacuum"} is off.`,
      hint: "Turn it on: without it the engine's tables bloat, and estimated counts are wrong.",
    });
  if (found.statement > 0 && found.statement < 1)
    checks.push({
      id: "statement-timeout",
      verdict: "warning",
      message: `The role's statement_timeout is ${found.statement} s.`,
      hint: "The dashboard sets five seconds for itself; behind a pooler that ignores it, searches would fail. Use at least 5 s.",
    });
  if (checks.length === 0)
    checks.push({
      id: "settings",
      verdict: "ok",
      message: "No setting of the server is in the way.",
    });
  return checks;
}

/** Whether the connection for changes accepts any. */
export async function checkChanges(client: Client): Promise<Check[]> {
  const id = "changes";
  const { rows } = await client.query(`
    select '"' || replace(current_user, '"', '""') || '"' as role, pg_is_in_recovery() as standby,
      current_setting('default_transaction_read_only')::bool as "readOnly"`);
  const { role, standby, readOnly } = rows[0];
  if (standby)
    return [
      {
        id,
        verdict: "warning",
        message: "DATABASE_URL leads to a standby, which accepts no changes: actions are off.",
        hint: "Put the primary in DATABASE_URL, and the standby in DATABASE_READ_URL.",
      },
      await checkReplica(client),
    ];
  if (readOnly)
    return [
      {
        id,
        verdict: "warning",
        message: `default_transaction_read_only is on for ${role}, its database or the server: actions are off.`,
        hint: `If it should act: \`alter role ${role} set default_transaction_read_only = off;\``,
      },
    ];
  return [];
}

/** The lag of a standby that serves queries; `skipped` on a primary. */
export async function checkReplica(client: Client): Promise<Check> {
  const id = "replica-lag";
  const { rows } = await client.query(`
    select pg_is_in_recovery() as standby,
      case when pg_is_in_recovery() then
        case when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() then 0
        else extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp())::float8 end
      end as lag`);
  const { standby, lag } = rows[0];
  if (!standby) return { id, verdict: "skipped", message: "Queries go to a primary." };
  if (lag === null)
    return {
      id,
      verdict: "warning",
      message: "Queries go to a standby that has replayed no transaction yet.",
      hint: "Check that it is connected to its primary.",
    };
  const message = `Queries go to a standby, ${lag.toFixed(1)} s behind.`;
  return lag > 10
    ? {
        id,
        verdict: "warning",
        message,
        hint: "Pages are that old. Find out what holds the replay up, or unset DATABASE_READ_URL.",
      }
    : { id, verdict: "ok", message };
}
