import {
  AbsurdDbError,
  EngineNotInstalledError,
  EngineRefusalError,
  InvalidArgumentError,
  InvalidRetryStrategyError,
  QueueNotFoundError,
  RunFailedError,
  RunNotFoundError,
  RunNotRunningError,
  TaskCancelledError,
  TaskNotFailedError,
  TaskNotFoundError,
} from "../errors.ts";
import type { Queryable } from "./queryable.ts";

/** The tables of a queue: tasks, runs, checkpoints, events, waits and idempotency keys. */
export type TablePrefix = "t" | "r" | "c" | "e" | "w" | "i";

/** Quotes any text as one SQL identifier. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * The table of a queue as SQL text: prefix and raw queue name as one quoted identifier, such as `absurd."t_my queue"`.
 *
 * @throws InvalidArgumentError for a name beyond 63 bytes, which the server would truncate to another queue's table.
 */
export function queueTable(prefix: TablePrefix, queue: string): string {
  const name = `${prefix}_${queue}`;
  if (queue === "" || queue.includes("\0") || Buffer.byteLength(name) > 63)
    throw new InvalidArgumentError(`"${queue}" cannot be the name of a queue.`);
  return `absurd.${quoteIdentifier(name)}`;
}

/**
 * Runs one statement and returns its rows; `Row` has the columns that the statement selects. Database errors are
 * mapped to the classes of `errors.ts`. With `about.queue`, an unknown table becomes `QueueNotFoundError`.
 */
export async function call<Row extends object = Record<string, unknown>>(
  db: Queryable,
  statement: string,
  values: readonly unknown[] = [],
  about: { queue?: string } = {},
): Promise<Row[]> {
  try {
    const { rows } = await db.query(statement, [...values]);
    return rows as Row[];
  } catch (error) {
    throw mapDatabaseError(error, about);
  }
}

/** Error classes of the engine's messages, which are part of its contract; the first match wins. */
const REFUSALS: [RegExp, new (message: string, options?: ErrorOptions) => EngineRefusalError][] = [
  [/^Task ".*" not found/, TaskNotFoundError],
  [/^Task ".*" is not currently failed/, TaskNotFailedError],
  [/^Run ".*" (not found|does not belong to task)/, RunNotFoundError],
  [/^Run ".*" (is not currently running|cannot be failed|must be running)/, RunNotRunningError],
];

/**
 * Maps an error of the driver to one of this layer. An error without a SQLSTATE (a lost connection, a bug) is returned
 * unchanged.
 */
export function mapDatabaseError(error: unknown, about: { queue?: string } = {}): unknown {
  if (!isDatabaseError(error)) return error;
  const { code, message } = error;
  const options = { cause: error };
  switch (code) {
    case "AB001":
      return new TaskCancelledError(options);
    case "AB002":
      return new RunFailedError(message, options);
    case "AB003":
      return new InvalidRetryStrategyError(message, options);
    case "3F000":
      return new EngineNotInstalledError(options);
    case "42P01":
      if (about.queue !== undefined) return new QueueNotFoundError(about.queue, options);
      break;
    case "P0001": {
      const missing = /^Queue "(.*)" does not exist$/.exec(message);
      if (missing) return new QueueNotFoundError(missing[1] ?? "", options);
      const Refusal = REFUSALS.find(([pattern]) => pattern.test(message))?.[1];
      return new (Refusal ?? EngineRefusalError)(message, options);
    }
  }
  return new AbsurdDbError(code, describeSqlState(code), options);
}

function isDatabaseError(error: unknown): error is Error & { code: string } {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    /^[0-9A-Z]{5}$/.test(error.code) &&
    // Errors of the operating system (EPIPE) also have a five-letter code, and a `syscall`.
    !("syscall" in error)
  );
}

/** A sentence for a SQLSTATE. The driver's own text is not used, because it may quote data. */
function describeSqlState(code: string): string {
  const meaning =
    MEANINGS[code] ?? MEANINGS[code.slice(0, 2)] ?? "The database rejected the statement";
  return `${meaning} (SQLSTATE ${code}).`;
}

const CHARACTER =
  "The database cannot store a character: U+0000, or one that its encoding does not have";

const MEANINGS: Record<string, string> = {
  "08": "The connection to the database failed",
  "22": "The database cannot use one of the values",
  "22P02": "A value does not have the form its type needs",
  "22021": CHARACTER,
  "22P05": CHARACTER,
  "23": "The database's constraints do not allow this",
  "25006": "The connection is read-only",
  "25P02": "An earlier statement of this transaction failed; it can only be rolled back",
  "40": "Another transaction was in the way; try again",
  "42501": "The database role may not do this",
  "42883": "This database's engine does not have the function",
  "42P01": "A table is missing",
  "53": "The database server is out of resources",
  "55P03": "Another transaction holds the lock; try again",
  "57": "The database server ended the statement",
  "57014": "The statement took too long or was cancelled",
};
