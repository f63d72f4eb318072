import type { Queryable } from "./connection/queryable.ts";
import { AbsurdError, InvalidArgumentError } from "./errors.ts";

/** A verb whose queue is settled: with an explicit connection first, or on the one the client was built with. */
export interface BoundVerb<Args extends unknown[], Result> {
  (db: Queryable, ...args: Args): Promise<Result>;
  (...args: Args): Promise<Result>;
}

/** Where to report what the client does. `console` fits. Nothing of params, payloads, results or reasons is reported. */
export type Logger = {
  debug(message: string, fields: CallReport): void;
};

/** One call of a verb. `error` is the name of the error class. */
export type CallReport = { operation: string; queue: string; milliseconds: number; error?: string };

/** What a client binds its verbs to. */
export type Binding = { queue: string; db: Queryable | undefined; logger: Logger | undefined };

/** Whether an argument is a connection. No option object of a verb has a function for a member. */
export function isQueryable(value: unknown): value is Queryable {
  return typeof value === "object" && value !== null && "query" in value
    ? typeof value.query === "function"
    : false;
}

/** Settles the queue of a verb, makes its connection optional, and reports its calls. */
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
    return logger ? reported(logger, { operation, queue }, result) : result;
  };
}

async function reported<T>(
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
