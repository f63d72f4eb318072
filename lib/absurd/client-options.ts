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
  /** Who claims; `ABSURD_WORKER_ID`, else one made of host, process and chance. */
  workerId?: string;
  /** What methods run on when they are called without a connection. */
  db?: Queryable;
  /** For spawns that do not say; 1 by default, which means no retry, `null` is without limit. */
  defaultMaxAttempts?: number | null;
  logger?: Logger;
  /** Accept every name the engine accepts, such as `my-queue`; by default only identifiers. */
  allowAnyQueueName?: boolean;
  /** Schema of the `workflow_run` table; `public` by default. */
  workflowSchema?: string;
};

/** The options of a client with everything settled; the only place of this layer that reads the environment. */
export type SettledOptions = Required<Omit<ClientOptions, "db" | "logger">> &
  Pick<ClientOptions, "db" | "logger">;

/** Fills in the defaults. @throws InvalidArgumentError for a queue name that is not allowed. */
export function settle(options: ClientOptions): SettledOptions {
  const { ABSURD_DEFAULT_QUEUE, ABSURD_WORKER_ID } = process.env;
  const settled = {
    ...options,
    queueName: options.queueName ?? (ABSURD_DEFAULT_QUEUE || "absurd_default"),
    workerId: options.workerId ?? (ABSURD_WORKER_ID || uniqueWorkerId()),
    defaultMaxAttempts:
      options.defaultMaxAttempts === undefined ? DEFAULT_MAX_ATTEMPTS : options.defaultMaxAttempts,
    allowAnyQueueName: options.allowAnyQueueName ?? false,
    workflowSchema: options.workflowSchema ?? "public",
  };
  requireQueueName(settled.queueName, settled.allowAnyQueueName);
  return settled;
}

/** One id for each process, so that `claimed_by` tells them apart. */
function uniqueWorkerId(): string {
  return `${hostname()}:${process.pid}:${randomBytes(3).toString("hex")}`;
}

/** The longest name whose tables and indexes PostgreSQL does not cut off. */
const LONGEST_NAME_BYTES = 57;

/**
 * Whether a queue name is a plain identifier: ASCII letters, digits and underscores, not beginning with a digit, at
 * most 57 of them. The engine allows more: any name of 1 to 57 bytes.
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
