import { type Problem, type ProblemCode, ProblemError } from "./problem.ts";

/** SQLSTATE codes by their names in PostgreSQL's manual (appendix A); the last three are the engine's own. */
export const SQLSTATE = {
  connectionFailure: "08006",
  characterNotInRepertoire: "22021",
  invalidTextRepresentation: "22P02",
  untranslatableCharacter: "22P05",
  noActiveTransaction: "25P01",
  failedTransaction: "25P02",
  readOnlyTransaction: "25006",
  invalidCatalogName: "3D000",
  invalidSchemaName: "3F000",
  serializationFailure: "40001",
  deadlockDetected: "40P01",
  insufficientPrivilege: "42501",
  undefinedColumn: "42703",
  undefinedFunction: "42883",
  undefinedTable: "42P01",
  lockNotAvailable: "55P03",
  queryCanceled: "57014",
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

/** First characters of the system and TLS errors that mean "no connection to the database". */
const SYSTEM_ERRORS = [
  "ECONN",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EPIPE",
  "ENOENT",
  "SELF_SIGNED",
  "CERT_",
  "DEPTH_ZERO",
  "UNABLE_TO_",
] as const;

/**
 * The SQLSTATE of a database error, or the code of a system error (`ECONNREFUSED`). Looks below the wrappers of query
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
  // node-postgres sets no code when a connection ends under a waiting query, or when the pool is exhausted.
  return /^connection terminated|timeout exceeded|not queryable/i.test(error.message)
    ? SQLSTATE.connectionFailure
    : undefined;
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
 * Problems by codes or their first characters (the class of an SQLSTATE); the first match wins. Where an operation has
 * no words, the code means a bug there.
 */
const PROBLEMS: readonly ({ codes: readonly string[]; problem: ProblemCode } & {
  [Key in Operation]?: Words;
})[] = [
  {
    codes: [CLASS.invalidAuthorization, SQLSTATE.invalidCatalogName],
    problem: "database_unavailable",
    ...both(
      "The database refused the connection.",
      "Check the user, password and database name in DATABASE_URL.",
    ),
  },
  {
    codes: [CLASS.insufficientResources],
    problem: "database_unavailable",
    read: ["The database has no free connections.", "The page retries automatically."],
    write: ["The database has no free connections.", "Try again in a moment."],
  },
  {
    codes: [CLASS.connectionException, CLASS.operatorShutdown, ...SYSTEM_ERRORS],
    problem: "database_unavailable",
    read: ["The database is not responding.", "The page retries automatically."],
    write: ["The database is not responding.", "Try again once it is back."],
  },
  {
    codes: [SQLSTATE.invalidSchemaName],
    problem: "no_schema",
    read: [
      "This database has no absurd schema.",
      "Check DATABASE_URL, or install one with `npm run db:migrate -- --engine`.",
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
    write: ["The database is read-only.", "Point DATABASE_URL at the primary server."],
  },
  {
    codes: [SQLSTATE.characterNotInRepertoire, SQLSTATE.untranslatableCharacter],
    problem: "bad_request",
    ...both("Text contains the character U+0000, which PostgreSQL cannot store."),
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
    // On a read: a standby that continued its replay, or a queue that was dropped outside the dashboard.
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
  for (const { codes, problem, [operation]: words } of PROBLEMS)
    if (words && codes.some((prefix) => code.startsWith(prefix)))
      return { code: problem, message: words[0], hint: words[1] };
  return undefined;
}

/** A failed read as a `ProblemError`, with the original as its cause. Unknown errors come back as they are. */
export function translateReadError(error: unknown): unknown {
  if (error instanceof ProblemError) return error;
  const problem = findDatabaseProblem(error, "read");
  return problem ? new ProblemError(problem, { cause: error }) : error;
}
