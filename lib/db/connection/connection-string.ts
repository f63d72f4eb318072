import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import path from "node:path";

const TLS_MODES = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;
/** libpq's `sslmode`. */
export type TlsMode = (typeof TLS_MODES)[number];

const SESSION_KINDS = [
  "any",
  "read-write",
  "read-only",
  "primary",
  "standby",
  "prefer-standby",
] as const;
/** libpq's `target_session_attrs`: which of several hosts to accept. */
export type SessionKind = (typeof SESSION_KINDS)[number];

/**
 * A server: `host` is a name, an address, or the directory of a Unix socket; `address` overrides it for dialling.
 */
export type Host = { host: string; address: string | undefined; port: number };

/** Where and how to connect: what libpq would do with the same string, environment and files. */
export type ConnectionTarget = {
  /** In the order in which they are tried. */
  hosts: Host[];
  user: string;
  database: string;
  /** `undefined`: looked up in the password file, for each host. */
  password: string | undefined;
  passwordFile: string;
  /** Settings of the session, as in `-c search_path=public`. */
  options: string | undefined;
  applicationName: string | undefined;
  tls: TlsSettings;
  sessionKind: SessionKind;
  /** In milliseconds, for each host; `undefined`: the caller's default. */
  connectTimeoutMs: number | undefined;
};

/** Certificates and keys as PEM text. */
export type TlsSettings = {
  mode: TlsMode;
  direct: boolean;
  channelBinding: boolean;
  /** The trusted authorities; `undefined` if there are none, or for those of Node. */
  rootCertificates: string | undefined;
  /** Whether the server's chain must lead to a trusted authority. */
  verifyChain: boolean;
  certificate: string | undefined;
  key: string | undefined;
  keyPassword: string | undefined;
  revocations: string | undefined;
  minVersion: "TLSv1.2" | "TLSv1.3" | undefined;
};

/**
 * A connection string that cannot be used. The message completes "DATABASE_URL …" with what is wrong and how to
 * fix it; it never repeats a value, which may be a password.
 */
export class ConnectionStringError extends Error {
  override readonly name = "ConnectionStringError";
}

type Environment = Record<string, string | undefined>;
type Parameters = Map<string, string>;

/** An example of a connection string, for messages about one that is missing or wrong. */
export const EXAMPLE = "it looks like postgresql://user:password@host:5432/database";

/**
 * Parses a connection string as libpq does: a URI or `keyword=value` pairs, with several hosts, percent-encoding,
 * Unix sockets and TLS settings. Missing parts come from its service, from the environment (`PGHOST`,
 * `PGPASSWORD`, …) and from libpq's defaults. Parameters of other clients, such as `pgbouncer=true`, are ignored.
 *
 * Certificate and service files are read here, so that a problem fails the start instead of every later
 * connection.
 *
 * @throws ConnectionStringError
 */
export function parseConnectionString(
  value: string,
  environment: Environment = process.env,
): ConnectionTarget {
  // In a URI spaces are percent-encoded. A line break at the end, as files and secrets have it, is part of no name.
  const uri = value.trim();
  const given = /^postgres(ql)?:\/\//.test(uri) ? parseUri(uri) : parseKeywords(value);
  const parameters = withDefaults(given, environment);
  const get = (keyword: string) => parameters.get(keyword) || undefined;
  const user = get("user") ?? systemUser();
  return {
    hosts: parseHosts(parameters),
    user,
    database: get("dbname") ?? user,
    password: get("password"),
    passwordFile: get("passfile") ?? path.join(homedir(), ".pgpass"),
    options: get("options"),
    applicationName: get("application_name"),
    tls: parseTls(parameters),
    sessionKind: parseOneOf("target_session_attrs", get("target_session_attrs"), SESSION_KINDS),
    connectTimeoutMs: parseConnectTimeout(get("connect_timeout")),
  };
}

/** The supported keywords of libpq, each with its environment variable if it has one. */
const KEYWORDS: Record<string, string | null> = {
  application_name: "PGAPPNAME",
  channel_binding: "PGCHANNELBINDING",
  client_encoding: null,
  connect_timeout: "PGCONNECT_TIMEOUT",
  dbname: "PGDATABASE",
  fallback_application_name: null,
  gssdelegation: null,
  gssencmode: "PGGSSENCMODE",
  gsslib: null,
  host: "PGHOST",
  hostaddr: "PGHOSTADDR",
  keepalives: null,
  keepalives_count: null,
  keepalives_idle: null,
  keepalives_interval: null,
  krbsrvname: null,
  load_balance_hosts: "PGLOADBALANCEHOSTS",
  max_protocol_version: null,
  min_protocol_version: null,
  options: "PGOPTIONS",
  passfile: "PGPASSFILE",
  password: "PGPASSWORD",
  port: "PGPORT",
  service: "PGSERVICE",
  servicefile: "PGSERVICEFILE",
  ssl_max_protocol_version: null,
  ssl_min_protocol_version: "PGSSLMINPROTOCOLVERSION",
  sslcert: "PGSSLCERT",
  sslcertmode: null,
  sslcompression: null,
  sslcrl: "PGSSLCRL",
  sslkey: "PGSSLKEY",
  sslkeylogfile: null,
  sslmode: "PGSSLMODE",
  sslnegotiation: "PGSSLNEGOTIATION",
  sslpassword: null,
  sslrootcert: "PGSSLROOTCERT",
  sslsni: null,
  target_session_attrs: "PGTARGETSESSIONATTRS",
  tcp_user_timeout: null,
  user: "PGUSER",
};

/** Keywords of libpq that require what the driver cannot do; ignoring them would silently weaken a connection. */
const UNSUPPORTED = new Set([
  "oauth_client_id",
  "oauth_client_secret",
  "oauth_issuer",
  "oauth_scope",
  "replication",
  "require_auth",
  "requirepeer",
  "scram_client_key",
  "scram_server_key",
  "sslcrldir",
]);

/** Parameters that hosting providers and other clients put into their URLs. */
const FOREIGN = new Set([
  "connection_limit",
  "idle_in_transaction_session_timeout",
  "lock_timeout",
  "max",
  "pgbouncer",
  "pool_timeout",
  "query_timeout",
  "schema",
  "socket_timeout",
  "sslaccept",
  "statement_cache_size",
  "statement_timeout",
  "supa",
  "uselibpqcompat",
]);

/** `postgresql://[user[:password]@][host[:port],…][/dbname][?keyword=value&…]` */
function parseUri(value: string): Parameters {
  const parameters: Parameters = new Map();
  const [, userinfo, rest = ""] = /^postgres(?:ql)?:\/\/(?:([^@/]*)@)?([\s\S]*)$/.exec(value) ?? [];
  const [, servers = "", database = "", query = ""] =
    /^([^/?]*)(?:\/([^?]*))?(?:\?([\s\S]*))?$/.exec(rest) ?? [];
  if (userinfo !== undefined) {
    const [, user = "", password] = /^([^:]*)(?::([\s\S]*))?$/.exec(userinfo) ?? [];
    parameters.set("user", decode("the user", user));
    if (password !== undefined) parameters.set("password", decode("the password", password));
  }
  if (userinfo === undefined && `${servers}/${database}`.includes("@"))
    throw new ConnectionStringError(
      "has an @ after a /; write a / in the user or password as %2F, and an @ in the database's name as %40",
    );
  if (servers.includes("@"))
    throw new ConnectionStringError(
      "has more than one @ before the database; write an @ in the user or password as %40",
    );
  if (servers !== "") {
    const hosts = servers.split(",").map(parseUriHost);
    parameters.set("host", hosts.map(({ host }) => host).join(","));
    if (hosts.some(({ port }) => port !== ""))
      parameters.set("port", hosts.map(({ port }) => port).join(","));
  }
  if (database !== "") parameters.set("dbname", decode("the database", database));
  for (const pair of query === "" ? [] : query.split("&")) {
    const [, name = "", text] = /^([^=]*)=([\s\S]*)$/.exec(pair) ?? [];
    if (text === undefined)
      throw new ConnectionStringError(
        "has a parameter without a value; write parameters as name=value, joined by &",
      );
    setParameter(parameters, decode("a parameter", name), decode("a parameter", text));
  }
  return parameters;
}

function parseUriHost(text: string): { host: string; port: string } {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::\s*(\d*)\s*)?$/.exec(text);
  if (!match)
    throw new ConnectionStringError(
      "has a host that cannot be parsed; write host:port, an IPv6 address in [ ], and the characters / ? # @ : in a password percent-encoded",
    );
  return { host: decode("the host", match[1] ?? match[2] ?? ""), port: match[3] ?? "" };
}

/** `host=… port=… dbname='…'`, with `\'` and `\\` in values. */
function parseKeywords(value: string): Parameters {
  const parameters: Parameters = new Map();
  const pair = /\s*([A-Za-z_]+)\s*=\s*(?:'((?:[^'\\]|\\[\s\S])*)'|((?!')(?:[^\s\\]|\\[\s\S]?)*))/y;
  while (pair.lastIndex < value.trimEnd().length) {
    const match = pair.exec(value);
    if (!match?.[1]) throw new ConnectionStringError(`is not a connection string; ${EXAMPLE}`);
    const text = match[2] ?? match[3] ?? "";
    setParameter(parameters, match[1], text.replace(/\\([\s\S]?)/g, "$1"));
  }
  if (parameters.size === 0)
    throw new ConnectionStringError(`is not a connection string; ${EXAMPLE}`);
  return parameters;
}

function setParameter(parameters: Parameters, name: string, value: string): void {
  if (name === "ssl") {
    setSsl(parameters, value);
    return;
  }
  if (UNSUPPORTED.has(name))
    throw new ConnectionStringError(
      `has the parameter ${name}, which the dashboard does not support; remove it`,
    );
  if (FOREIGN.has(name)) return;
  if (!(name in KEYWORDS))
    throw new ConnectionStringError(
      `has a parameter that PostgreSQL does not know (${name.replace(/[^\w.-]/g, "?").slice(0, 40)}); correct or remove it`,
    );
  parameters.set(name, value);
}

/** `ssl=true` of JDBC, which libpq accepts in URIs, and the values of node-postgres. */
function setSsl(parameters: Parameters, value: string): void {
  if (/^(true|1|no-verify)$/.test(value)) parameters.set("sslmode", "require");
  else if (/^(false|0)$/.test(value)) parameters.set("sslmode", "disable");
  else throw new ConnectionStringError("has an ssl that is not true or false; use sslmode");
}

function decode(what: string, text: string): string {
  try {
    const decoded = decodeURIComponent(text);
    if (!decoded.includes("\0")) return decoded;
  } catch {
    throw new ConnectionStringError(
      `has a % in ${what} that is not part of an escape such as %20; write the % as %25`,
    );
  }
  throw new ConnectionStringError(`has %00 in ${what}, which PostgreSQL does not accept`);
}

function withDefaults(given: Parameters, environment: Environment): Parameters {
  const parameters = new Map(given);
  const service = given.get("service") || environment.PGSERVICE;
  if (service) {
    for (const [name, value] of findService(service, given, environment))
      if (!parameters.has(name)) parameters.set(name, value);
  }
  for (const [name, variable] of Object.entries(KEYWORDS)) {
    const value = variable === null ? undefined : environment[variable];
    if (value && !parameters.has(name)) parameters.set(name, value);
  }
  return parameters;
}

/** The parameters of a service in `~/.pg_service.conf` or the file of `PGSERVICEFILE`, then the system's. */
function findService(service: string, given: Parameters, environment: Environment): Parameters {
  const files = [
    given.get("servicefile") ||
      environment.PGSERVICEFILE ||
      path.join(homedir(), ".pg_service.conf"),
    environment.PGSYSCONFDIR && path.join(environment.PGSYSCONFDIR, "pg_service.conf"),
  ].filter((file): file is string => Boolean(file));
  for (const file of files) {
    const found = existsSync(file) && parseService(readFileSync(file, "utf8"), service);
    if (found) return found;
  }
  throw new ConnectionStringError(
    "names a service that no service file has; add it to ~/.pg_service.conf, or set PGSERVICEFILE",
  );
}

function parseService(file: string, service: string): Parameters | null {
  let parameters: Parameters | null = null;
  for (const line of file.split(/\r?\n/).map((text) => text.trim())) {
    if (line === "" || line.startsWith("#")) continue;
    if (line.startsWith("[")) {
      if (parameters) return parameters;
      if (line === `[${service}]`) parameters = new Map();
      continue;
    }
    const [, name, value = ""] = /^([^=\s]+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (parameters && name) setParameter(parameters, name, value);
  }
  return parameters;
}

function parseHosts(parameters: Parameters): Host[] {
  const names = split(parameters.get("host"));
  const addresses = split(parameters.get("hostaddr"));
  const ports = split(parameters.get("port")).map(parsePort);
  if (names.length > 0 && addresses.length > 0 && names.length !== addresses.length)
    throw new ConnectionStringError("has not as many addresses (hostaddr) as hosts");
  const count = Math.max(names.length, addresses.length, 1);
  if (ports.length > 1 && ports.length !== count)
    throw new ConnectionStringError("has not as many ports as hosts; give one port, or one each");
  const hosts = Array.from({ length: count }, (_, index) => {
    const port = ports[index] ?? ports[0] ?? 5432;
    const address = addresses[index] || undefined;
    return { host: names[index] || address || defaultHost(port), address, port };
  });
  const order = parameters.get("load_balance_hosts") ?? "disable";
  return order === "random" ? shuffle(hosts) : hosts;
}

const split = (list: string | undefined) =>
  list ? list.split(",").map((part) => part.trim()) : [];

function parsePort(text: string): number {
  if (text === "") return 5432;
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new ConnectionStringError("has a port that is not a number from 1 to 65535");
}

/** Like libpq, a local socket if the server has one; its directory depends on how PostgreSQL was built. */
function defaultHost(port: number): string {
  const directories = ["/var/run/postgresql", "/tmp"];
  return directories.find((at) => existsSync(path.join(at, `.s.PGSQL.${port}`))) ?? "localhost";
}

function shuffle<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

function parseTls(parameters: Parameters): TlsSettings {
  const get = (keyword: string) => parameters.get(keyword) || undefined;
  const given = get("sslmode") === "no-verify" ? "require" : get("sslmode");
  const root = get("sslrootcert");
  const mode = parseOneOf(
    "sslmode",
    given ?? (root === "system" ? "verify-full" : "prefer"),
    TLS_MODES,
  );
  if (get("gssencmode") === "require")
    throw new ConnectionStringError(
      "has gssencmode=require, and the dashboard does not support GSSAPI; use sslmode=require",
    );
  if (root === "system" && mode !== "verify-full")
    throw new ConnectionStringError("has sslrootcert=system, which needs sslmode=verify-full");
  const direct = get("sslnegotiation") === "direct";
  if (direct && !["require", "verify-ca", "verify-full"].includes(mode))
    throw new ConnectionStringError(
      "has sslnegotiation=direct, which needs sslmode=require or stricter",
    );
  const rootCertificates = mode === "disable" || root === "system" ? undefined : parseRoot(root);
  if (mode === "verify-ca" && !rootCertificates)
    throw new ConnectionStringError(
      "has sslmode=verify-ca without an authority to trust; set sslrootcert to its certificate, or use verify-full for a public one",
    );
  const certificate =
    mode === "disable" ? undefined : parseOwn("sslcert", get("sslcert"), "postgresql.crt");
  const key = mode === "disable" ? undefined : parseOwn("sslkey", get("sslkey"), "postgresql.key");
  if (certificate && !key)
    throw new ConnectionStringError(
      "has a client certificate (sslcert) without its key; set sslkey",
    );
  return {
    mode,
    direct,
    channelBinding: get("channel_binding") === "require",
    rootCertificates,
    verifyChain: rootCertificates !== undefined || mode === "verify-full",
    certificate: key && certificate,
    key: certificate && key,
    keyPassword: get("sslpassword"),
    revocations: get("sslcrl") && parseFile("sslcrl", get("sslcrl") ?? ""),
    minVersion: get("ssl_min_protocol_version") === "TLSv1.3" ? "TLSv1.3" : undefined,
  };
}

function parseRoot(given: string | undefined): string | undefined {
  const standard = path.join(homedir(), ".postgresql", "root.crt");
  const file = given ?? (existsSync(standard) ? standard : undefined);
  if (file === undefined) return undefined;
  const text = parseFile("sslrootcert", file);
  try {
    new X509Certificate(text);
  } catch {
    throw new ConnectionStringError(
      "has an sslrootcert that holds no certificate; give a file in PEM form",
    );
  }
  return text;
}

function parseOwn(
  keyword: string,
  given: string | undefined,
  standard: string,
): string | undefined {
  const file = path.join(homedir(), ".postgresql", standard);
  if (given !== undefined) return parseFile(keyword, given);
  return existsSync(file) ? parseFile(keyword, file) : undefined;
}

function parseFile(keyword: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new ConnectionStringError(
      `names a file in ${keyword} that cannot be read; correct its path or permissions`,
    );
  }
}

function parseOneOf<const T extends string>(
  keyword: string,
  value: string | undefined,
  known: readonly [T, ...T[]],
): T {
  const found = value === undefined ? known[0] : known.find((one) => one === value);
  if (found !== undefined) return found;
  throw new ConnectionStringError(`has an unknown ${keyword}; use one of ${known.join(", ")}`);
}

function parseConnectTimeout(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (!Number.isInteger(seconds))
    throw new ConnectionStringError("has a connect_timeout that is not a whole number of seconds");
  // In libpq, 0 and less mean no limit, which a dashboard cannot offer; 1 is raised to 2.
  return seconds <= 0 ? undefined : Math.max(seconds, 2) * 1_000;
}

function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    throw new ConnectionStringError(`names no user; ${EXAMPLE}`);
  }
}

/**
 * The password for a server in a password file with lines `host:port:database:user:password`, where `*` matches
 * all; `undefined` if there is none. As in libpq, the host of a local socket is `localhost`, and a file that
 * others can read is not used.
 */
export function findPassword(
  { passwordFile, database, user }: ConnectionTarget,
  { host, port }: Host,
): string | undefined {
  if (!existsSync(passwordFile)) return undefined;
  if (process.platform !== "win32" && (statSync(passwordFile).mode & 0o077) !== 0) return undefined;
  const wanted = [host.startsWith("/") ? "localhost" : host, String(port), database, user];
  for (const line of readFileSync(passwordFile, "utf8").split(/\r?\n/)) {
    if (line.startsWith("#")) continue;
    const parts = splitFields(line);
    if (parts.length === 5 && wanted.every((one, at) => parts[at] === "*" || parts[at] === one))
      return parts[4];
  }
  return undefined;
}

/** Splits five fields at colons; `\:` and `\\` are escapes. The password is the rest of the line. */
function splitFields(line: string): string[] {
  const fields: string[] = [];
  let field = "";
  for (let at = 0; at < line.length; at++) {
    const letter = line.charAt(at);
    if (letter === ":" && fields.length < 4) {
      fields.push(field);
      field = "";
    } else if (letter === "\\" && at + 1 < line.length) field += line.charAt(++at);
    else field += letter;
  }
  return [...fields, field];
}
