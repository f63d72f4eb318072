import { type Problem, type ProblemCode, ProblemError } from "./problem.ts";

/** SQLSTATE codes by their names in PostgreSQL's manual (appendix A); the last three are the engine's own. */
export const SQLSTATE = {
  connectionFailure: "08006",
  protocolViolation: "08P01",
  featureNotSupported: "0A000",
  characterNotInRepertoire: "22021",
  invalidTextRepresentation: "22P02",
  untranslatableCharacter: "22P05",
  noActiveTransaction: "25P01",
  failedTransaction: "25P02",
  transactionTimeout: "25P04",
  unknownStatement: "26000",
  invalidAuthorization: "28000",
  invalidPassword: "28P01",
  readOnlyTransaction: "25006",
  invalidCatalogName: "3D000",
  invalidSchemaName: "3F000",
  serializationFailure: "40001",
  deadlockDetected: "40P01",
  tooManyConnections: "53300",
  insufficientPrivilege: "42501",
  undefinedColumn: "42703",
  undefinedFunction: "42883",
  undefinedTable: "42P01",
  duplicateStatement: "42P05",
  lockNotAvailable: "55P03",
  queryCanceled: "57014",
  cannotConnectNow: "57P03",
  raiseException: "P0001",
  taskCancelled: "AB001",
  runFailed: "AB002",
  invalidRetryStrategy: "AB003",
} as const;

/** The first characters that the codes of a class share. */
const CLASS = {
  connectionException: "08",
  dataException: "22",
  integrityConstraintViolation: "23",
  invalidAuthorization: "28",
  insufficientResources: "53",
  operatorShutdown: "57P0",
} as const;

/** First characters of the system errors that mean "no connection to the database". */
const SYSTEM_ERRORS = [
  "ECONN",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "EHOST",
  "ENET",
  "EPIPE",
  "EACCES",
  "ENOENT",
] as const;

/** First characters of the errors of OpenSSL and Node about a certificate that no trusted authority signed. */
const UNTRUSTED_CERTIFICATE = [
  "SELF_SIGNED",
  "DEPTH_ZERO",
  "UNABLE_TO_",
  "CERT_UNTRUSTED",
  "CERT_SIGNATURE_FAILURE",
  "CERT_CHAIN_TOO_LONG",
  "INVALID_CA",
] as const;

/** Codes of our own for driver errors without a code, by their messages. */
const UNCODED: readonly [message: RegExp, code: string][] = [
  [
    /^connection terminated|timeout exceeded|timeout expired|not queryable/i,
    SQLSTATE.connectionFailure,
  ],
  [/does not support SSL/i, "TLS_UNSUPPORTED"],
  [/establishing an SSL connection/i, "TLS_FAILED"],
  [/password must be a/i, "PASSWORD_MISSING"],
];

/**
 * The SQLSTATE of a database error, or the code of a system error (`ECONNREFUSED`). Unwraps the errors of query
 * builders, whose own messages contain SQL; `undefined` for errors of other kinds.
 */
export function findErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof AggregateError) return findErrorCode(error.errors[0]);
  // A code of another kind (`bad_request`) means that this error was translated already.
  if ("code" in error && typeof error.code === "string")
    return /^[0-9A-Z_]+$/.test(error.code) ? error.code : undefined;
  const inner = findErrorCode(error.cause);
  if (inner !== undefined) return inner;
  return UNCODED.find(([pattern]) => pattern.test(error.message))?.[1];
}

const TRANSIENT: readonly string[] = [
  SQLSTATE.serializationFailure,
  SQLSTATE.deadlockDetected,
  SQLSTATE.lockNotAvailable,
  SQLSTATE.queryCanceled,
];

/** Whether the same statement may succeed in a moment, on the same connection. */
export function isTransient(error: unknown): boolean {
  return TRANSIENT.includes(findErrorCode(error) ?? "");
}

/** Whether the database cannot be used at all: no server, no connection, or no login. */
export function isUnavailable(error: unknown): boolean {
  return findDatabaseProblem(error, "read")?.code === "database_unavailable";
}

type Operation = "read" | "write";
type Words = [message: string, hint?: string];

const both = (...words: Words) => ({ read: words, write: words });

/**
 * Problems by code or by the first characters of a code (the class of an SQLSTATE); the first match wins. If an
 * operation has no words for a code, that code means a bug there.
 */
const PROBLEMS: readonly ({ codes: readonly string[]; problem: ProblemCode } & {
  [Key in Operation]?: Words;
})[] = [
  {
    codes: ["POOL_BUSY", SQLSTATE.tooManyConnections],
    problem: "busy",
    read: [
      "All database connections of the dashboard are in use.",
      "The page retries automatically. If it happens often, raise DATABASE_READ_CONNECTIONS or the role's connection limit.",
    ],
    write: ["All database connections of the dashboard are in use.", "Try again in a moment."],
  },
  {
    codes: ["PASSWORD_MISSING"],
    problem: "database_unavailable",
    ...both(
      "The database requires a password, and DATABASE_URL has none.",
      "Add it to DATABASE_URL, or to the file ~/.pgpass.",
    ),
  },
  {
    codes: [SQLSTATE.invalidPassword],
    problem: "database_unavailable",
    ...both("The database rejected the user or password.", "Correct them in DATABASE_URL."),
  },
  {
    codes: [SQLSTATE.invalidCatalogName],
    problem: "database_unavailable",
    ...both(
      "The server has no database of the name in DATABASE_URL.",
      "Correct the name, or create the database.",
    ),
  },
  {
    codes: [CLASS.invalidAuthorization],
    problem: "database_unavailable",
    ...both(
      "The database refused the connection.",
      "Check the user in DATABASE_URL, and that pg_hba.conf accepts it from this machine with or without TLS, as sslmode demands.",
    ),
  },
  {
    codes: ["TLS_UNSUPPORTED"],
    problem: "database_unavailable",
    ...both(
      "DATABASE_URL demands TLS, which the database server does not offer.",
      "Enable TLS on the server or, on a trusted network, use sslmode=prefer.",
    ),
  },
  {
    codes: UNTRUSTED_CERTIFICATE,
    problem: "database_unavailable",
    ...both(
      "The certificate of the database server is not signed by a trusted authority.",
      "Set sslrootcert in DATABASE_URL to the certificate of its authority.",
    ),
  },
  {
    codes: ["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"],
    problem: "database_unavailable",
    ...both(
      "The certificate of the database server is not valid at this time.",
      "Renew it, or correct the clock of this machine.",
    ),
  },
  {
    codes: ["ERR_TLS_CERT_ALTNAME", "HOSTNAME_MISMATCH"],
    problem: "database_unavailable",
    ...both(
      "The certificate of the database server is for another host name.",
      "Use the name in the certificate as the host in DATABASE_URL, or sslmode=verify-ca.",
    ),
  },
  {
    codes: ["TLS_FAILED", "EPROTO", "ERR_SSL", "ERR_TLS", "CERT_"],
    problem: "database_unavailable",
    ...both(
      "The TLS connection to the database could not be established.",
      "Check sslmode in DATABASE_URL, and that its host and port are those of PostgreSQL.",
    ),
  },
  {
    codes: ["ENOTFOUND"],
    problem: "database_unavailable",
    ...both("The host in DATABASE_URL is unknown.", "Correct it, or check the name service."),
  },
  {
    codes: ["ECONNREFUSED"],
    problem: "database_unavailable",
    read: [
      "Nothing accepts connections at the address in DATABASE_URL.",
      "The page retries automatically. Check that PostgreSQL runs there.",
    ],
    write: [
      "Nothing accepts connections at the address in DATABASE_URL.",
      "Try again once PostgreSQL runs there.",
    ],
  },
  {
    codes: [SQLSTATE.cannotConnectNow],
    problem: "database_unavailable",
    read: ["The database is starting up or shutting down.", "The page retries automatically."],
    write: ["The database is starting up or shutting down.", "Try again once it is back."],
  },
  {
    codes: [SQLSTATE.protocolViolation],
    problem: "database_unavailable",
    ...both(
      "The database, or a connection pooler before it, refused a setting of the connection.",
      "Remove options from DATABASE_URL, or add it to ignore_startup_parameters of PgBouncer.",
    ),
  },
  {
    codes: [CLASS.connectionException, CLASS.operatorShutdown, ...SYSTEM_ERRORS],
    problem: "database_unavailable",
    read: ["The database is not responding.", "The page retries automatically."],
    write: ["The database is not responding.", "Try again once it is back."],
  },
  {
    codes: [CLASS.insufficientResources],
    problem: "database_unavailable",
    read: ["The database server is out of memory, disk space or lock slots.", "Check its log."],
    write: ["The database server is out of memory, disk space or lock slots.", "Check its log."],
  },
  {
    codes: [SQLSTATE.invalidSchemaName],
    problem: "no_schema",
    read: [
      "This database has no absurd schema.",
      "Check DATABASE_URL, or install one with `absurd-dashboard migrate --engine`.",
    ],
  },
  {
    codes: [SQLSTATE.undefinedTable],
    problem: "queue_not_found",
    read: ["The queue was dropped while it was being read."],
  },
  {
    codes: [SQLSTATE.insufficientPrivilege],
    problem: "forbidden",
    read: [
      "The dashboard's database role may not read this.",
      "Grant it usage on schema absurd and select on its tables.",
    ],
    write: [
      "The dashboard's database role may not do this.",
      "Grant it the rights of a worker on schema absurd.",
    ],
  },
  {
    codes: [SQLSTATE.readOnlyTransaction],
    problem: "forbidden",
    write: [
      "The database accepts no changes from this connection.",
      "Point DATABASE_URL at the primary server. If it is, reset default_transaction_read_only of the role or the database.",
    ],
  },
  {
    codes: [SQLSTATE.characterNotInRepertoire, SQLSTATE.untranslatableCharacter],
    problem: "bad_request",
    ...both(
      "Text contains a character that this database cannot store: U+0000, or one outside its encoding.",
    ),
  },
  {
    codes: [CLASS.dataException],
    problem: "refused",
    write: ["The database rejected one of the values."],
  },
  {
    codes: [CLASS.integrityConstraintViolation],
    problem: "refused",
    write: ["A constraint of the database does not allow this."],
  },
  {
    // While reading: a standby that continued its replay, or a queue that was dropped outside the dashboard.
    codes: [SQLSTATE.serializationFailure, SQLSTATE.deadlockDetected],
    problem: "conflict",
    read: ["Another transaction conflicted with this query.", "Try again."],
    write: ["Another transaction conflicted with this change.", "Try again."],
  },
  {
    codes: [SQLSTATE.lockNotAvailable],
    problem: "timed_out",
    ...both("Another transaction holds a lock on these rows.", "Try again in a moment."),
  },
  {
    codes: [SQLSTATE.transactionTimeout],
    problem: "timed_out",
    ...both(
      "The database ended the transaction after its transaction_timeout.",
      "Reset transaction_timeout for the dashboard's role: the dashboard has limits of its own.",
    ),
  },
  {
    codes: [SQLSTATE.queryCanceled],
    problem: "timed_out",
    read: [
      "The query took too long and was cancelled.",
      "Narrow it: fewer queues, a shorter time range or a more exact name.",
    ],
    write: ["The change took too long and was cancelled.", "Try again."],
  },
];

/** The problem that a database or connection error means for a read or a write; `undefined` for any other error. */
export function findDatabaseProblem(error: unknown, operation: Operation): Problem | undefined {
  const code = findErrorCode(error);
  if (code === undefined) return undefined;
  const denied = code === SQLSTATE.insufficientPrivilege && explainDenied(error, operation);
  if (denied) return { code: "forbidden", ...denied };
  for (const { codes, problem, [operation]: words } of PROBLEMS)
    if (words && codes.some((prefix) => code.startsWith(prefix)))
      return { code: problem, message: words[0], hint: words[1] };
  return undefined;
}

/** The rights that a role needs on each kind of object, to read and to change. */
const RIGHTS: Record<string, { [Key in Operation]: string }> = {
  schema: { read: "usage", write: "usage, create" },
  table: { read: "select", write: "select, insert, update, delete" },
  view: { read: "select", write: "select" },
  sequence: { read: "select", write: "usage" },
  function: { read: "execute", write: "execute" },
  database: { read: "connect", write: "create" },
};

/**
 * The missing right and its object, as the statement that grants it. The server names the object only in its
 * message; `undefined` if that is in another language.
 */
function explainDenied(
  error: unknown,
  operation: Operation,
): Pick<Problem, "message" | "hint"> | undefined {
  const message = findMessage(error);
  const owned = /^must be owner of (\w+) (.+)$/.exec(message);
  if (owned)
    return {
      message: `Only the owner of ${owned[1]} ${owned[2]} may do this.`,
      hint: "Use the role that created the queue in DATABASE_URL, or make the dashboard's role a member of it.",
    };
  const [, kind = "", name = ""] =
    /^permission denied for (schema|table|view|sequence|function|database) (.+)$/.exec(message) ??
    [];
  const right = RIGHTS[kind]?.[operation];
  if (!right) return undefined;
  const isOurs = /^(audit_|bulk_|action_request|person|session|api_token)/.test(name);
  const schema =
    kind === "schema" || kind === "database" ? "" : isOurs ? "absurd_dashboard." : "absurd.";
  const quoted = /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
  const object =
    kind === "function" ? "all functions in schema absurd" : `${kind} ${schema}${quoted}`;
  return {
    message: `The dashboard's database role may not ${operation === "read" ? "read" : "use"} ${kind} ${name}.`,
    hint: `Grant it: \`grant ${right} on ${object} to …\`.`,
  };
}

/** The message of the innermost error with a code: the outer ones are wrappers of query builders. */
function findMessage(error: unknown): string {
  if (!(error instanceof Error)) return "";
  return "code" in error || !error.cause ? error.message : findMessage(error.cause);
}

/** A failed read as a `ProblemError`, with the original as its cause. Unknown errors are returned unchanged. */
export function translateReadError(error: unknown): unknown {
  if (error instanceof ProblemError) return error;
  const problem = findDatabaseProblem(error, "read");
  return problem ? new ProblemError(problem, { cause: error }) : error;
}
