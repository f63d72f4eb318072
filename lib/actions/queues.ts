"use server";

import { z } from "zod";
import { createQueue, dropQueue, listQueues, setQueuePolicy } from "@/lib/absurd/queues/queues";
import { previewCleanup } from "@/lib/analytics/queue-maintenance";
import { ProblemError } from "@/lib/model/problem";
import { STORAGE_MODES } from "@/lib/model/queue";
import { action, inquiry } from "./action";
import { queueName } from "./inputs";
import { cleanUpFor } from "./queue-cleanup";
import { refuseCollision } from "./queue-collisions";
import { findQueue, refuseActiveTasks } from "./queue-drop";
import { policyChange, readPolicy, refuseStalePolicy } from "./queue-policy";
import { toAllTenants } from "./reaches";

const ttlSeconds = z
  .int("is not a whole number")
  .min(0, "is negative")
  .max(2 ** 31 - 1, "is too long");

/** A cleanup call of the dashboard works for about so long, so that its progress can be told. */
const CLEANUP_MS = 1_500;

/**
 * Creates a queue. A name that is taken is refused, and so is one whose tables the engine could not tell from the
 * partitions of another queue.
 */
export const createQueueAction = action(
  "create queue",
  "operator",
  z.object({ queue: queueName, storageMode: z.enum(STORAGE_MODES, "is not one of the engine's") }),
  toAllTenants,
  async ({ queue, storageMode }, db) => {
    const names = await listQueues(db);
    if (names.includes(queue))
      throw new ProblemError({
        code: "already_exists",
        message: `There is a queue "${queue}" already.`,
      });
    await refuseCollision(db, { queue, storageMode }, names);
    // Engines without storage modes know one only, and no word for it.
    await createQueue(db, queue, storageMode === "unpartitioned" ? {} : { storageMode });
    return { queue, storageMode };
  },
);

/** Makes the tables and the partitions of this week and the next ones where they are missing; touches no row. */
export const repairQueueAction = action(
  "repair queue",
  "operator",
  z.object({ queue: queueName }),
  toAllTenants,
  async ({ queue }, db) => {
    const { storageMode } = await readPolicy(db, queue);
    await createQueue(db, queue, { storageMode });
    return { queue };
  },
);

/**
 * Drops a queue with all it holds. The name has to be given twice, and a queue with active tasks is refused unless that
 * was accepted, also when they came in the meantime.
 */
export const dropQueueAction = action(
  "drop queue",
  "operator",
  z.object({ queue: queueName, confirm: z.string("is missing"), acceptActive: z.boolean() }),
  toAllTenants,
  async ({ queue, confirm, acceptActive }, db) => {
    if (confirm !== queue)
      throw new ProblemError({
        code: "not_confirmed",
        message: "The name that was typed is not the queue's.",
      });
    const found = await findQueue(queue);
    if (!acceptActive) refuseActiveTasks(found);
    await dropQueue(db, queue);
    return { queue };
  },
);

/** Changes the settings that are given; refused when one of them is not what the operator saw any more. */
export const setQueuePolicyAction = action(
  "set queue policy",
  "operator",
  z.object({ queue: queueName, change: policyChange, expected: policyChange }),
  toAllTenants,
  async ({ queue, change, expected }, db) => {
    refuseStalePolicy(await readPolicy(db, queue), expected);
    // The round trip leaves out what was not given, which the verb tells from undefined.
    await setQueuePolicy(db, queue, JSON.parse(JSON.stringify(change)));
    return readPolicy(db, queue);
  },
);

/** What a cleanup with this time to live would delete now. */
export const previewCleanupAction = inquiry(
  "preview cleanup",
  "operator",
  z.object({ queue: queueName, ttlSeconds }),
  toAllTenants,
  ({ queue, ttlSeconds }) => previewCleanup(queue, ttlSeconds),
);

/**
 * Deletes what ended, or was emitted, longer ago than this, in the engine's batches, for about a second; `done` says
 * whether something is left. Each call is one transaction, so what it answers is deleted for good.
 */
export const cleanUpQueueAction = action(
  "clean up queue",
  "operator",
  z
    .object({ queue: queueName, ttlSeconds, tasks: z.boolean(), events: z.boolean() })
    .refine(({ tasks, events }) => tasks || events, "Nothing was chosen to be cleaned up"),
  toAllTenants,
  ({ queue, ...what }, db) => cleanUpFor(db, queue, what, CLEANUP_MS),
);
