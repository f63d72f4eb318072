import { Pool, type PoolClient } from "pg";
import { findErrorCode, isUnavailable, SQLSTATE } from "@/lib/model/sqlstate";
import { type Endpoint, LimitedClient, type SessionLimits } from "./client";
import type { ConnectionTarget, Host, SessionKind } from "./connection-string";
import { createOutageLog } from "./outage-log";

export type PoolSettings = SessionLimits & {
  /** The maximum number of connections. */
  max: number;
  /** How long a caller waits for one of them, in milliseconds. */
  waitMs: number;
  /** How far a standby may lag while there are other servers, in milliseconds. */
  mostLagMs: number;
  /** Where outages are logged; standard error by default. */
  log?: (line: string) => void;
};

export type ConnectOptions = {
  /** Ends the wait for a connection. */
  signal?: AbortSignal | undefined;
};

/** A connection of a pool, until `release`; `true` drops a broken one. */
export type PooledClient = LimitedClient & Pick<PoolClient, "release">;

/** Every connection is in use, and none became free in time. The database itself may be healthy. */
export class PoolBusyError extends Error {
  override readonly name = "PoolBusyError";
  readonly code = "POOL_BUSY";

  constructor() {
    super("No connection became free in time.");
  }
}

type Waiter = { resolve: () => void; reject: (error: unknown) => void };

/**
 * A connection that was idle for longer than this is pinged before it is used: it may have been cut silently. In
 * milliseconds.
 */
const TRUST_MS = 500;

/** How long that ping may take, in milliseconds. */
const PING_MS = 2_000;

/** How long the server's refusal of further connections is remembered, in milliseconds. */
const REFUSAL_MS = 30_000;

/** How often a pool on a fallback server checks whether the first server is back, in milliseconds. */
const RETURN_MS = 30_000;

/** How often the lag of a standby is measured, in milliseconds. */
const LAG_CHECK_MS = 2_000;

/**
 * A pool of connections to the first usable of several servers. It adds what the driver's pool lacks: callers wait
 * in order, and a busy pool is distinguished from an unreachable database; servers, and connections with and
 * without TLS, are tried in the order of the connection string; broken connections are replaced together; the
 * server's own connection limit is respected.
 */
export class DatabasePool {
  readonly #endpoints: Endpoint[];
  readonly #settings: PoolSettings;
  readonly #log: ReturnType<typeof createOutageLog>;
  readonly #inUse = new Set<unknown>();
  readonly #lastUsed = new WeakMap<object, number>();
  readonly #clients = new WeakMap<Pool, Set<LimitedClient>>();
  readonly #waiting: Waiter[] = [];
  #taken = 0;
  #limit: number;
  #limitedUntil = 0;
  #current = 0;
  #pool: Pool | undefined;
  #returnAt = 0;
  #lag: { ms: number | null; at: number } | undefined;
  #ended = false;
  /** Why the last connection could not be opened; `undefined` if it could. */
  #failure: unknown;

  constructor(target: ConnectionTarget, settings: PoolSettings) {
    this.#endpoints = listEndpoints(target);
    this.#settings = settings;
    this.#limit = settings.max;
    this.#log = createOutageLog(settings.applicationName, settings.log);
  }

  /** Connections in use and idle. The client layer recognises a pool by this member. */
  get totalCount(): number {
    return this.#pool?.totalCount ?? 0;
  }

  /** The lag of the standby in use at the last measurement, in milliseconds; `null` for a primary. */
  get replicaLagMs(): number | null {
    return this.#lag?.ms ?? null;
  }

  /**
   * A connection for one caller, who must release it.
   *
   * @throws PoolBusyError if none became free in time; the driver's error if no server can be used; the signal's
   * reason.
   */
  async connect({ signal }: ConnectOptions = {}): Promise<PooledClient> {
    const deadline = performance.now() + this.#settings.waitMs;
    await this.#waitInLine(deadline, signal);
    try {
      for (;;) {
        try {
          const client = await this.#acquire(signal);
          this.#log.recovered();
          this.#failure = undefined;
          return client;
        } catch (error) {
          if (findErrorCode(error) !== SQLSTATE.tooManyConnections) throw error;
          await this.#yieldToServer(deadline, signal, error);
        }
      }
    } catch (error) {
      this.#leave();
      if (isUnavailable(error)) {
        this.#failure = error;
        this.#log.failed(error);
      }
      throw error;
    }
  }

  /**
   * Runs one statement in its own transaction: behind a pooler, the session's settings may be another client's.
   */
  async query(
    text: string,
    values?: unknown[],
  ): Promise<{ rows: Record<string, unknown>[]; rowCount: number | null }> {
    const client = await this.connect();
    let broken = false;
    const onBroken = () => {
      broken = true;
    };
    client.on("error", onBroken);
    try {
      await client.query("begin");
      const result = await client.query(text, values);
      await client.query("commit");
      return result;
    } catch (error) {
      await client.query("rollback").catch(onBroken);
      throw error;
    } finally {
      client.off("error", onBroken);
      client.release(broken);
    }
  }

  /** Closes all connections. Waiting callers are rejected. */
  async end(): Promise<void> {
    this.#ended = true;
    for (const waiter of this.#waiting.splice(0)) waiter.reject(new Error("The pool has ended."));
    const pool = this.#pool;
    this.#pool = undefined;
    await this.#close(pool);
  }

  async #waitInLine(
    deadline: number,
    signal: AbortSignal | undefined,
    end: "front" | "back" = "back",
  ): Promise<void> {
    signal?.throwIfAborted();
    if (this.#taken < this.#getLimit() && (end === "front" || this.#waiting.length === 0)) {
      this.#taken++;
      return;
    }
    let leave = () => {};
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        const waiter = { resolve, reject };
        if (end === "front") this.#waiting.unshift(waiter);
        else this.#waiting.push(waiter);
        const giveUp = (reason: unknown) => {
          const at = this.#waiting.indexOf(waiter);
          if (at >= 0) this.#waiting.splice(at, 1);
          reject(reason);
        };
        leave = () => giveUp(signal?.reason);
        signal?.addEventListener("abort", leave, { once: true });
        // If the database is unreachable, callers wait for it and not for each other.
        timer = setTimeout(
          () => giveUp(this.#failure ?? new PoolBusyError()),
          deadline - performance.now(),
        );
      });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", leave);
    }
  }

  /** Frees the caller's place in the queue. */
  #leave(): void {
    this.#taken--;
    while (this.#taken < this.#getLimit()) {
      const next = this.#waiting.shift();
      if (!next) return;
      this.#taken++;
      next.resolve();
    }
  }

  #getLimit(): number {
    if (this.#limit < this.#settings.max && performance.now() > this.#limitedUntil)
      this.#limit = this.#settings.max;
    return this.#limit;
  }

  /**
   * The server accepts no further connection: use the existing ones, or wait until another client, possibly the
   * other pool of this process, closes one.
   */
  async #yieldToServer(
    deadline: number,
    signal: AbortSignal | undefined,
    error: unknown,
  ): Promise<void> {
    const open = this.#inUse.size;
    this.#limit = Math.max(open, 1);
    this.#limitedUntil = performance.now() + REFUSAL_MS;
    for (const pool of siblings.get(this) ?? []) if (pool !== this) pool.#closeIdle();
    if (performance.now() > deadline) throw open > 0 ? new PoolBusyError() : error;
    if (open === 0) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      signal?.throwIfAborted();
      return;
    }
    this.#taken--;
    await this.#waitInLine(deadline, signal, "front");
  }

  /** A connection to the current server or, if it cannot be used, to the next. */
  async #acquire(signal: AbortSignal | undefined): Promise<PooledClient> {
    if (performance.now() > this.#returnAt) void this.#returnToFirst();
    const start = this.#current;
    let first: unknown;
    for (let step = 0; step < this.#endpoints.length; step++) {
      const at = (start + step) % this.#endpoints.length;
      const endpoint = this.#endpoints[at];
      if (!endpoint || (step > 0 && !isWorthTrying(endpoint, this.#endpoints[start], first)))
        continue;
      try {
        return await raceAbort(this.#checkOut(endpoint, at), signal, (late) => {
          this.#inUse.delete(late);
          late.release();
        });
      } catch (error) {
        signal?.throwIfAborted();
        first ??= error;
        if (!canTryNext(error)) throw error;
      }
    }
    throw first;
  }

  async #checkOut(endpoint: Endpoint, at: number): Promise<PooledClient> {
    for (let attempt = 1; ; attempt++) {
      const pool = this.#use(endpoint, at);
      // This pool creates no other kind of client.
      const client = (await pool.connect()) as PooledClient;
      const isNew = !this.#lastUsed.has(client);
      try {
        if (isNew) {
          await requireSession(client);
          if (this.#settings.readOnly) await client.allowKeeping();
        } else if (performance.now() - (this.#lastUsed.get(client) ?? 0) > TRUST_MS)
          await ping(client);
        await this.#checkLag(client);
      } catch (error) {
        client.destroy();
        client.release(true);
        this.#replace(pool);
        if (!isNew && attempt === 1) continue;
        throw error;
      }
      this.#lastUsed.set(client, performance.now());
      this.#inUse.add(client);
      client.setStatementTimeout();
      return client;
    }
  }

  /** The driver's pool for an endpoint, which becomes the current one. */
  #use(endpoint: Endpoint, at: number): Pool {
    if (this.#ended) throw new Error("The pool has ended.");
    if (this.#pool && this.#current === at) return this.#pool;
    void this.#close(this.#pool);
    this.#current = at;
    this.#lag = undefined;
    this.#returnAt = performance.now() + RETURN_MS;
    const settings = this.#settings;
    const limited = class extends LimitedClient {
      constructor() {
        super(endpoint, settings);
      }
    };
    const pool = new Pool({ Client: limited, max: settings.max, idleTimeoutMillis: 30_000 });
    const clients = new Set<LimitedClient>();
    this.#clients.set(pool, clients);
    pool.on("connect", (client) => {
      clients.add(client as PooledClient);
      // Without a listener, a connection that breaks would end the process. The next statement reports the
      // problem.
      client.on("error", () => {});
    });
    pool.on("remove", (client) => clients.delete(client as PooledClient));
    pool.on("error", (error) => {
      this.#log.failed(error);
      this.#replace(pool);
    });
    pool.on("release", (error: unknown, client) => {
      if (error) {
        (client as PooledClient).destroy();
        this.#replace(pool);
      }
      this.#lastUsed.set(client, performance.now());
      if (this.#inUse.delete(client)) this.#leave();
      // Another pool of this process may be refused connections that this one keeps idle.
      if (siblings.get(this)?.some((sibling) => sibling !== this && sibling.#isStarving()))
        setImmediate(() => this.#closeIdle());
    });
    this.#pool = pool;
    return pool;
  }

  #isStarving(): boolean {
    return this.#limit < this.#settings.max && this.#taken > this.#inUse.size;
  }

  /** If one connection was cut, the other idle ones probably were too. */
  #replace(pool: Pool): void {
    if (this.#pool !== pool) return;
    this.#pool = undefined;
    void this.#close(pool);
  }

  #closeIdle(): void {
    if (this.#pool && this.#pool.idleCount > 0) this.#replace(this.#pool);
  }

  /**
   * Connections in use stay until they are released. Idle ones are destroyed, because a server that is gone does
   * not end them.
   */
  async #close(pool: Pool | undefined): Promise<void> {
    if (!pool) return;
    const timer = setTimeout(() => {
      for (const client of this.#clients.get(pool) ?? [])
        if (!this.#inUse.has(client)) client.destroy();
    }, PING_MS);
    await pool.end().catch(() => undefined);
    clearTimeout(timer);
  }

  /** Returns to the first server once it is usable again. No caller waits for the check. */
  async #returnToFirst(): Promise<void> {
    this.#returnAt = performance.now() + RETURN_MS;
    const [first] = this.#endpoints;
    if (!first || this.#endpoints[this.#current]?.host === first.host) return;
    for (const [at, endpoint] of this.#endpoints.entries()) {
      if (endpoint.host !== first.host) return;
      const client = new LimitedClient(endpoint, this.#settings);
      client.on("error", () => {});
      try {
        await client.connect();
        await requireSession(client);
        const lag = await measureLag(client);
        if (lag !== null && lag > this.#settings.mostLagMs) return;
        if (!this.#ended) this.#use(endpoint, at);
        return;
      } catch {
        // It is still unavailable.
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  }

  /** @throws UnfitServerError if the connection is to a standby that lags too far, and there is another server. */
  async #checkLag(client: PooledClient): Promise<void> {
    if (this.#lag && performance.now() - this.#lag.at < LAG_CHECK_MS) return;
    // A primary stays primary until it restarts, which ends its connections.
    if (this.#lag?.ms === null) return;
    const ms = await measureLag(client);
    this.#lag = { ms, at: performance.now() };
    const { host } = client.endpoint;
    const isAlone = this.#endpoints.every((endpoint) => endpoint.host === host);
    if (ms !== null && ms > this.#settings.mostLagMs && !isAlone)
      throw new UnfitServerError("The standby is too far behind.");
  }
}

/** A server that responds, but is not of the kind that the connection string requires. Treated as unreachable. */
class UnfitServerError extends Error {
  override readonly name = "UnfitServerError";
  readonly code = SQLSTATE.connectionFailure;
}

/**
 * The lag of a standby in milliseconds; `null` for a primary. A standby that has replayed everything it received
 * counts as current, unless it receives nothing.
 */
async function measureLag(client: LimitedClient): Promise<number | null> {
  const { rows } = await client.query(`
    select case when pg_is_in_recovery() then
      case when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
          and exists (select from pg_stat_get_wal_receiver() where pid is not null) then 0
        else coalesce(greatest(extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()), 0), 0)
      end * 1000 end::float8 as lag`);
  return rows[0].lag;
}

/** The pools that share the limit of one server, by each of them. */
const siblings = new WeakMap<DatabasePool, readonly DatabasePool[]>();

/** Pools that make room for each other when the server refuses further connections. */
export function share(...pools: DatabasePool[]): void {
  for (const pool of pools) siblings.set(pool, pools);
}

/** The ways to reach the servers of a target, in the order in which they are tried. */
export function listEndpoints(target: ConnectionTarget): Endpoint[] {
  return target.hosts.flatMap((host) =>
    listTlsVariants(target, host).map((tls) => ({ target, host, tls })),
  );
}

/** As libpq: no TLS on local sockets; `allow` and `prefer` fall back to the other variant. */
function listTlsVariants({ tls }: ConnectionTarget, { host }: Host): boolean[] {
  if (host.startsWith("/")) return [false];
  switch (tls.mode) {
    case "disable":
      return [false];
    case "allow":
      return [false, true];
    case "prefer":
      return [true, false];
    default:
      return [true];
  }
}

/** Whether an error concerns the way to a server, so that another way may work. */
export function canTryNext(error: unknown): boolean {
  const code = findErrorCode(error) ?? "";
  return code === SQLSTATE.invalidAuthorization || (isUnavailable(error) && !isRefusedLogin(code));
}

/** A wrong password, or a missing database, is the same on every server. */
function isRefusedLogin(code: string): boolean {
  return (
    code === SQLSTATE.invalidPassword ||
    code === SQLSTATE.invalidCatalogName ||
    code === "PASSWORD_MISSING" ||
    code === SQLSTATE.tooManyConnections
  );
}

/** The other TLS variant of the same server helps only if TLS, or its absence, was the problem. */
function isWorthTrying(next: Endpoint, failed: Endpoint | undefined, error: unknown): boolean {
  if (next.host !== failed?.host) return true;
  const code = findErrorCode(error) ?? "";
  return !["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "EHOSTUNREACH"].includes(code);
}

const SESSION_CONDITIONS: Record<Exclude<SessionKind, "any" | "prefer-standby">, string> = {
  "read-write":
    "not pg_is_in_recovery() and current_setting('default_transaction_read_only') = 'off'",
  "read-only": "pg_is_in_recovery() or current_setting('default_transaction_read_only') = 'on'",
  primary: "not pg_is_in_recovery()",
  standby: "pg_is_in_recovery()",
};

/** @throws Error as for an unreachable server, if the session is not of the kind that the target requires. */
async function requireSession(client: LimitedClient): Promise<void> {
  const { sessionKind } = client.endpoint.target;
  if (sessionKind === "any" || sessionKind === "prefer-standby") return;
  const { rows } = await client.query(`select ${SESSION_CONDITIONS[sessionKind]} as fits`);
  if (!rows[0].fits) throw new UnfitServerError(`The server is not ${sessionKind}.`);
}

async function ping(client: PooledClient): Promise<void> {
  const timer = setTimeout(() => client.destroy(), PING_MS);
  try {
    await client.query("select 1");
  } finally {
    clearTimeout(timer);
  }
}

/** The result of `work`, or the signal's reason; a result that arrives too late is disposed of. */
async function raceAbort<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  dispose: (late: T) => void,
): Promise<T> {
  if (!signal) return work;
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } catch (error) {
    if (signal.aborted) void work.then(dispose, () => undefined);
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
