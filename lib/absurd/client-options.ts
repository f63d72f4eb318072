import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { Logger } from "./bound-verb.ts";
import type { Queryable } from "./connection/queryable.ts";
import { InvalidArgumentError } from "./errors.ts";
import { DEFAULT_MAX_ATTEMPTS } from "./tasks/spawn.ts";

/** How to build a client. */
export type ClientOptions = {
  /** `ABSURD_DEFAULT_QUEUE`, else `absurd_default`. */
  queueName?: string;
  /** Name under which runs are claimed: `ABSURD_WORKER_ID`, else `{host}:{pid}:{random}`. */
  workerId?: string;
  /** Connection for methods that are called without one. */
  db?: Queryable;
  /** `maxAttempts` of spawns that don't give it. 1 by default, which means no retry; `null` means unlimited. */
  defaultMaxAttempts?: number | null;
  logger?: Logger;
  /** Accept every name that the engine accepts, such as `my-queue`. By default only identifiers are accepted. */
  allowAnyQueueName?: boolean;
  /** Schema of the `workflow_run` table; `public` by default. */
  workflowSchema?: string;
};

/** The options of a client with all defaults filled in. */
export type ResolvedOptions = Required<Omit<ClientOptions, "db" | "logger">> &
  Pick<ClientOptions, "db" | "logger">;

/**
 * Fills in the defaults; the only function of this layer that uses the environment. @throws InvalidArgumentError for a
 * queue name that is not allowed.
 */
export function resolveOptions(options: ClientOptions): ResolvedOptions {
  const { ABSURD_DEFAULT_QUEUE, ABSURD_WORKER_ID } = process.env;
  const resolved = {
    ...options,
    queueName: options.queueName ?? (ABSURD_DEFAULT_QUEUE || "absurd_default"),
    workerId: options.workerId ?? (ABSURD_WORKER_ID || uniqueWorkerId()),
    defaultMaxAttempts:
      options.defaultMaxAttempts === undefined ? DEFAULT_MAX_ATTEMPTS : options.defaultMaxAttempts,
    allowAnyQueueName: options.allowAnyQueueName ?? false,
    workflowSchema: options.workflowSchema ?? "public",
  };
  requireQueueName(resolved.queueName, resolved.allowAnyQueueName);
  return resolved;
}

/** Unique per process, so that `claimed_by` distinguishes workers. */
function uniqueWorkerId(): string {
  return `${hostname()}:${process.pid}:${randomBytes(3).toString("hex")}`;
}

/** The longest name whose tables and indexes PostgreSQL does not truncate. */
const LONGEST_NAME_BYTES = 57;

/**
 * Whether a queue name is a plain identifier: 1 to 57 ASCII letters, digits and underscores, not starting with a
 * digit. The engine allows more: any name of 1 to 57 bytes.
 */
export function isValidQueueName(name: string): boolean {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) && name.length <= LONGEST_NAME_BYTES;
}

function requireQueueName(name: string, anyName: boolean): void {
  const valid = anyName
    ? name !== "" && Buffer.byteLength(name) <= LONGEST_NAME_BYTES
    : isValidQueueName(name);
  if (!valid)
    throw new InvalidArgumentError(
      anyName
        ? `Queue names have 1 to ${LONGEST_NAME_BYTES} bytes.`
        : `Queue name ${JSON.stringify(name)} is not an identifier of at most ${LONGEST_NAME_BYTES} characters; allowAnyQueueName lifts this.`,
    );
}
