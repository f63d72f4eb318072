import { createHash } from "node:crypto";
import { Socket } from "node:net";
import { Client, type ClientConfig } from "pg";
import { findErrorCode, SQLSTATE } from "@/lib/model/sqlstate";
import { type ConnectionTarget, findPassword, type Host } from "./connection-string";

/** One way to reach a server. */
export type Endpoint = { target: ConnectionTarget; host: Host; tls: boolean };

/** The first statements of every transaction of a pool, and the time limit of its statements. */
export type SessionLimits = {
  applicationName: string;
  /** In milliseconds, enforced by the server; the client gives up one second later. */
  statementTimeout: number;
  lockTimeout: number;
  readOnly: boolean;
};

/** How much longer the client waits than the server, in milliseconds: a live server reports its own timeouts. */
const GRACE_MS = 1_000;

/** How late a timer is if this process could not run, in milliseconds. */
const LATE_MS = 250;

/** How long opening a connection may take, in milliseconds. */
const CONNECT_MS = 3_000;

/**
 * What each session keeps: the statements used last, their number and length in characters, and that of the longest. A
 * plan takes about a hundred times the memory of its text.
 */
const KEPT = { statements: 100, characters: 500_000, longest: 49_152 };

/**
 * A connection whose limits hold regardless of what is between it and the server. A pooler in transaction mode
 * drops the settings of a session, so they are set with each `begin`. A server that is gone enforces no timeout,
 * so a statement without a response in time ends the connection.
 */
export class LimitedClient extends Client {
  readonly endpoint: Endpoint;
  readonly #limits: SessionLimits;
  readonly #socket: Socket;
  readonly #names = new Map<string, string>();
  /** The names of statements that are kept until the next transaction. */
  readonly #dropped = new Set<string>();
  /** The characters of the kept statements. */
  #kept = 0;
  #canKeep = false;
  /** Statements without a response yet. */
  #sent = 0;
  /** Why the last transaction failed. */
  #failure: unknown;
  #statementTimeout: number;

  constructor(endpoint: Endpoint, limits: SessionLimits) {
    const socket = new Socket();
    // A reader's statements don't wait for each other's results: independent ones share a round trip.
    super({ ...configure(endpoint, limits), stream: () => socket, pipeline: limits.readOnly });
    this.endpoint = endpoint;
    this.#limits = limits;
    this.#socket = socket;
    this.#statementTimeout = limits.statementTimeout;
    // `begin` followed by the settings costs no further round trip.
    const send = (...given: unknown[]): unknown => Reflect.apply(super.query, this, given);
    this.query = ((first: unknown, ...rest: unknown[]) =>
      this.#limit(send(this.#prepare(first), ...rest))) as typeof this.query;
  }

  /** Overrides the statement timeout of later transactions, in milliseconds. */
  setStatementTimeout(milliseconds: number = this.#limits.statementTimeout): void {
    this.#statementTimeout = milliseconds;
  }

  /**
   * Lets the session keep statements if it is the server's own. A pooler reports an id of its own instead of the
   * server process's, and may give the next transaction to another process, which has not kept them.
   */
  async allowKeeping(): Promise<void> {
    const { rows } = await this.query("select pg_backend_pid() as pid");
    const { processID } = this as unknown as { processID?: number };
    this.#canKeep = rows[0].pid === processID;
  }

  /** Keeps no further statements, because one failed. Returns whether any were kept. */
  stopKeeping(): boolean {
    const could = this.#canKeep;
    this.#canKeep = false;
    return could;
  }

  /**
   * The name under which the session keeps a statement, so that it is parsed once and, unless its values matter, also
   * planned once; `undefined` if it is not kept. The server plans it again after any change of its tables.
   */
  keep(text: string): string | undefined {
    if (!this.#canKeep || text.length > KEPT.longest) return undefined;
    const known = this.#names.get(text);
    // A map lists its keys in the order of their insertion, so that the statement used longest ago is the first.
    this.#names.delete(text);
    if (known === undefined) {
      while (this.#names.size >= KEPT.statements || this.#kept + text.length > KEPT.characters)
        this.#dropOldest();
      this.#kept += text.length;
    }
    const name = known ?? createHash("sha1").update(text).digest("base64url");
    this.#names.set(text, name);
    this.#dropped.delete(name);
    return name;
  }

  #dropOldest(): void {
    const [oldest] = this.#names;
    if (!oldest) return;
    const [text, name] = oldest;
    this.#names.delete(text);
    this.#kept -= text.length;
    this.#dropped.add(name);
  }

  /**
   * Commands for the beginning of a transaction: within it, a statement may still be without a response, and once another has
   * failed, none can be dropped.
   */
  #deallocateDropped(): string {
    // The driver's list of what the session has. A statement that failed to parse is not in it.
    const { parsedStatements } = (
      this as unknown as { connection: { parsedStatements: Record<string, string> } }
    ).connection;
    let commands = "";
    for (const name of this.#dropped)
      if (parsedStatements[name] !== undefined) {
        delete parsedStatements[name];
        commands += `; deallocate "${name}"`;
      }
    this.#dropped.clear();
    return commands;
  }

  /** Ends the connection without notifying the server, which may be gone. */
  destroy(reason?: Error): void {
    this.#socket.destroy(reason);
  }

  #prepare(statement: unknown): unknown {
    if (typeof statement !== "string" || !/^begin\b/i.test(statement)) return statement;
    const { lockTimeout, readOnly } = this.#limits;
    return `${statement}; set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; set local intervalstyle = 'postgres'; set local extra_float_digits = 1; set local statement_timeout = ${this.#statementTimeout}; set local lock_timeout = ${lockTimeout}; set local idle_in_transaction_session_timeout = 15000${readOnly ? "; set local transaction_read_only = on; set local jit = off" : ""}${this.#deallocateDropped()}`;
  }

  #limit(result: unknown): unknown {
    if (!(result instanceof Promise)) return result;
    this.#sent++;
    let timer: NodeJS.Timeout;
    const wait = (milliseconds: number) => {
      const due = performance.now() + milliseconds;
      timer = setTimeout(() => {
        // A timer this late means that this process was blocked: a response may have arrived and not been read.
        if (performance.now() - due > LATE_MS) wait(GRACE_MS);
        else this.destroy(new ResponseTimeoutError());
      }, milliseconds);
      timer.unref();
    };
    // Statements that were sent before must end first.
    wait(this.#statementTimeout * this.#sent + GRACE_MS);
    return result
      .catch((error: unknown) => {
        throw this.#explain(error);
      })
      .finally(() => {
        this.#sent--;
        clearTimeout(timer);
      });
  }

  /** A statement after one that failed reports the error of that one, whichever of them is awaited first. */
  #explain(error: unknown): unknown {
    if (findErrorCode(error) === SQLSTATE.failedTransaction) return this.#failure ?? error;
    this.#failure = error;
    return error;
  }
}

/** The server sent nothing for longer than a statement may take. */
export class ResponseTimeoutError extends Error {
  override readonly name = "ResponseTimeoutError";
  readonly code = "ETIMEDOUT";

  constructor() {
    super("The server did not respond in time.");
  }
}

/** The driver's settings for an endpoint, except those that every transaction sets. */
export function configure({ target, host, tls }: Endpoint, limits: SessionLimits): ClientConfig {
  const own = target.applicationName;
  return {
    host: host.address ?? host.host,
    port: host.port,
    user: target.user,
    database: target.database,
    password: target.password ?? findPassword(target, host) ?? "",
    application_name: own
      ? limits.applicationName.replace(/^absurd-dashboard/, own)
      : limits.applicationName,
    options: target.options,
    ssl: tls ? getTlsOptions(target, host) : false,
    ...(tls && target.tls.direct ? { sslnegotiation: "direct" as const } : {}),
    enableChannelBinding: tls && target.tls.channelBinding,
    connectionTimeoutMillis: target.connectTimeoutMs ?? CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  };
}

/** Options of `tls.connect` for a server. */
export function getTlsOptions({ tls }: ConnectionTarget, host: Host) {
  return {
    // The host is a name with a separate address: the certificate is for the name.
    ...(host.address ? { servername: host.host } : {}),
    ca: tls.rootCertificates,
    cert: tls.certificate,
    key: tls.key,
    passphrase: tls.keyPassword,
    crl: tls.revocations,
    minVersion: tls.minVersion,
    rejectUnauthorized: tls.verifyChain,
    ...(tls.mode === "verify-full" ? {} : { checkServerIdentity: () => undefined }),
  };
}
