import { Absurd } from "absurd-sdk";
import type { Pool } from "pg";

export const ORDERS = "orders";
export const AGENTS = "agents";
export const BILLING = "Billing & Payments/EU";
export const MEDIA = "media";
/** Has no history; its work starts with the demo. */
export const WORKFLOWS = "workflows";

/** The queues with a history. */
export const QUEUES = [ORDERS, AGENTS, BILLING, MEDIA];

/** Days of history that the demo starts with, and that the partitioned queue has partitions for. */
export const HISTORY_DAYS = 14;

/** Creates the demo's missing queues, and the weekly partitions that are due. */
export async function createQueues(pool: Pool): Promise<void> {
  const app = new Absurd({ db: pool });
  for (const queue of [ORDERS, BILLING, MEDIA, WORKFLOWS]) await app.createQueue(queue);
  const options = {
    storageMode: "partitioned",
    partitionLookback: `${HISTORY_DAYS + 1} days`,
  } as const;
  await app.createQueue(AGENTS, options);
  // The policy only applies to the next round of partitions, so the weeks of the history need a second call.
  await app.createQueue(AGENTS, options);
}
