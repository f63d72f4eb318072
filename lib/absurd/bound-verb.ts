import type { Queryable } from "./connection/queryable.ts";
import { AbsurdError, InvalidArgumentError } from "./errors.ts";

/** A verb bound to a queue. It runs on the connection given as its first argument, or else on the client's own. */
export interface BoundVerb<Args extends unknown[], Result> {
  (db: Queryable, ...args: Args): Promise<Result>;
  (...args: Args): Promise<Result>;
}

/** Receives a line per call; `console` fits. Params, payloads, results and failure reasons are never logged. */
export type Logger = {
  debug(message: string, fields: CallReport): void;
};

/** One call of a verb. `error` is the name of the error's class. */
export type CallReport = { operation: string; queue: string; milliseconds: number; error?: string };

/** The queue, connection and logger to which a client binds its verbs. */
export type Binding = { queue: string; db: Queryable | undefined; logger: Logger | undefined };

/** Whether an argument is a connection. Options of verbs never have a member `query` that is a function. */
export function isQueryable(value: unknown): value is Queryable {
  return typeof value === "object" && value !== null && "query" in value
    ? typeof value.query === "function"
    : false;
}

/** Binds a verb to a queue, makes its connection optional, and logs its calls. */
export function bindVerb<Args extends unknown[], Result>(
  binding: () => Binding,
  operation: string,
  verb: (db: Queryable, queue: string, ...args: Args) => Promise<Result>,
): BoundVerb<Args, Result> {
  return async (...input: [Queryable, ...Args] | Args): Promise<Result> => {
    const { queue, db, logger } = binding();
    const [first, ...rest] = input;
    const explicit = isQueryable(first);
    const connection = explicit ? first : db;
    if (!connection)
      throw new InvalidArgumentError(
        `${operation} needs a connection: pass one first, or build the client with { db }.`,
      );
    const result = verb(connection, queue, ...((explicit ? rest : input) as Args));
    return logger ? logCall(logger, { operation, queue }, result) : result;
  };
}

async function logCall<T>(
  logger: Logger,
  about: { operation: string; queue: string },
  result: Promise<T>,
): Promise<T> {
  const start = performance.now();
  const report = (error?: string) =>
    logger.debug("absurd", {
      ...about,
      milliseconds: Math.round(performance.now() - start),
      ...(error !== undefined && { error }),
    });
  try {
    const value = await result;
    report();
    return value;
  } catch (error) {
    report(error instanceof AbsurdError ? error.name : "Error");
    throw error;
  }
}
