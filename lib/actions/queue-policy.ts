import { z } from "zod";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { QueueNotFoundError } from "@/lib/absurd/errors";
import { getQueuePolicy, type QueuePolicy } from "@/lib/absurd/queues/queues";
import { ProblemError } from "@/lib/model/problem";

const seconds = (most: number) =>
  z.number("is not a number").min(0, "is negative").max(most, "is too long");

/** Weeks beyond this would mean thousands of partitions. */
const TWO_YEARS = 2 * 366 * 86_400;

/** Some settings of a policy. The engine keeps times to live up to what an integer of seconds holds. */
export const policyChange = z.object({
  defaultPartition: z.enum(["enabled", "disabled"]).optional(),
  partitionLookaheadSeconds: seconds(TWO_YEARS).optional(),
  partitionLookbackSeconds: seconds(TWO_YEARS).optional(),
  cleanupTtlSeconds: seconds(2 ** 31 - 1).optional(),
  cleanupLimit: z
    .int("is not a whole number")
    .min(1, "is below 1")
    .max(2 ** 31 - 1, "is too large")
    .optional(),
  detachMode: z.enum(["none", "empty"]).optional(),
  detachMinAgeSeconds: seconds(2 ** 31 - 1).optional(),
});

/**
 * The policy of a queue.
 *
 * @throws QueueNotFoundError, and UnsupportedByEngineError before schema 0.4.0.
 */
export async function readPolicy(db: Queryable, queue: string): Promise<QueuePolicy> {
  const policy = await getQueuePolicy(db, queue);
  if (!policy) throw new QueueNotFoundError(queue);
  return policy;
}

/** @throws ProblemError `state_changed` when a setting is not what it is expected to be. */
export function refuseStalePolicy(
  policy: QueuePolicy,
  expected: z.output<typeof policyChange>,
): void {
  const stale = Object.entries(expected).some(
    ([key, value]) => value !== undefined && policy[key as keyof QueuePolicy] !== value,
  );
  if (stale)
    throw new ProblemError({
      code: "state_changed",
      message: "Somebody changed this policy since you opened it.",
      hint: "Look at it as it is now and decide again.",
    });
}
