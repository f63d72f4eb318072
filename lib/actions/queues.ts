"use server";

import { sql } from "drizzle-orm";
import * as z from "zod";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { queueTable } from "@/lib/absurd/connection/sql";
import { QueueNotFoundError } from "@/lib/absurd/errors";
import { cleanupEvents, cleanupTasks } from "@/lib/absurd/queues/cleanup";
import { lockQueue } from "@/lib/absurd/queues/queue-locks";
import {
  createQueue,
  dropQueue,
  getQueuePolicy,
  listQueues,
  type QueuePolicy,
  setQueuePolicy,
} from "@/lib/absurd/queues/queues";
import { getCurrentTime } from "@/lib/absurd/runs/sleep";
import { boolean, number } from "@/lib/db/decode";
import { query } from "@/lib/db/query";
import { plural } from "@/lib/format";
import type { Iso } from "@/lib/model/instants";
import { ProblemError } from "@/lib/model/problem";
import { STORAGE_MODES } from "@/lib/model/queue";
import { ACTIVE_STATES } from "@/lib/model/states";
import { defineAction } from "./define-action";
import { clampToDate, instant, queueName } from "./internal/inputs";
import { refuseCollision } from "./internal/name-collisions";
import { LONGEST_TTL, ttlSeconds } from "./previews/queues";
import { guards } from "./tenant-guards";

const seconds = (most: number) =>
  z.number("is not a number").min(0, "is negative").max(most, "is too long");

/** Two years; a longer window would need thousands of partitions. */
const TWO_YEARS = 2 * 366 * 86_400;

/** The settings of a policy that change. The engine stores durations as 32-bit integers of seconds. */
const policyChange = z.object({
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

/** Rows per batch: the engine's default. Small batches hold their locks briefly. */
const BATCH = 1_000;

/** Time budget of one cleanup call in milliseconds. Calls are short so that the page can show progress between them. */
const CLEANUP_MS = 1_500;

/**
 * Creates a queue. Refused as `already_exists`, and as `name_collides` if a table of the new queue would have the
 * name of another queue's partition.
 */
export const createQueueAction = defineAction({
  name: "create queue",
  permission: "create queue",
  input: z.object({
    queue: queueName,
    storageMode: z.enum(STORAGE_MODES, "is not a storage mode"),
  }),
  guard: guards.unrestrictedOnly,
  run: async ({ queue, storageMode }, { db }) => {
    const names = await listQueues(db);
    if (names.includes(queue))
      throw new ProblemError({
        code: "already_exists",
        message: `Queue "${queue}" already exists.`,
      });
    await refuseCollision(db, { queue, storageMode }, names);
    // Engines without storage modes don't accept the option.
    await createQueue(db, queue, storageMode === "unpartitioned" ? {} : { storageMode });
    return { queue, storageMode };
  },
});

/** Creates the missing tables and weekly partitions. Changes no row. */
export const repairQueueAction = defineAction({
  name: "repair queue",
  permission: "repair queue",
  input: z.object({ queue: queueName }),
  guard: guards.unrestrictedOnly,
  run: async ({ queue }, { db }) => {
    const { storageMode } = await requirePolicy(db, queue);
    await createQueue(db, queue, { storageMode });
    return { queue };
  },
});

/**
 * Drops a queue with all of its tables. Refused as `not_confirmed` unless the name is repeated, and as
 * `has_active_tasks` unless the loss of the shown number of active tasks is accepted; they are counted under the
 * lock of the drop.
 */
export const dropQueueAction = defineAction({
  name: "drop queue",
  permission: "drop queue",
  input: z.object({
    queue: queueName,
    confirm: z.string("is missing"),
    acceptActive: z.boolean(),
    /** The number of active tasks that the operator saw. */
    shownActive: z.int().min(0).optional(),
  }),
  guard: guards.unrestrictedOnly,
  run: async ({ queue, confirm, acceptActive, shownActive }, { db }) => {
    if (confirm !== queue)
      throw new ProblemError({
        code: "not_confirmed",
        message: "The typed name does not match the queue's name.",
      });
    if (!(await listQueues(db)).includes(queue)) throw new QueueNotFoundError(queue);
    // Counted under the lock, so that tasks spawned while this waits for it are not lost without consent.
    await lockQueue(db, queue);
    const active = await countActiveTasks(db, queue);
    if (active > 0 && !acceptActive)
      throw new ProblemError({
        code: "has_active_tasks",
        message: `The queue "${queue}" has ${plural(active, "active task")}, which would be lost.`,
        hint: "Accept the loss, or wait until they have ended.",
      });
    if (active > (shownActive ?? active))
      throw new ProblemError({
        code: "has_active_tasks",
        message: `The queue "${queue}" has ${plural(active, "active task")} by now, and ${shownActive} were shown.`,
        hint: "Open the dialog again, then decide.",
      });
    await dropQueue(db, queue);
    return { queue };
  },
});

/** Changes the given settings. Refused as `state_changed` if a setting no longer has its `expected` value. */
export const setQueuePolicyAction = defineAction({
  name: "set queue policy",
  permission: "set queue policy",
  input: z.object({ queue: queueName, change: policyChange, expected: policyChange }),
  guard: guards.unrestrictedOnly,
  run: async ({ queue, change, expected }, { db }) => {
    refuseStalePolicy(await requirePolicy(db, queue), expected);
    // The round trip drops undefined members, which `setQueuePolicy` would treat as given.
    await setQueuePolicy(db, queue, JSON.parse(JSON.stringify(change)));
    return requirePolicy(db, queue);
  },
});

/**
 * Deletes tasks that ended, and events that were emitted, more than `ttlSeconds` ago, in the engine's batches, for
 * about 1.5 s. With `shownBefore`, none from after that instant, which is rounded down to a second. `done: false`
 * means that rows are left. Each call is one transaction, so the reported rows are deleted for certain.
 */
export const cleanUpQueueAction = defineAction({
  name: "clean up queue",
  permission: "clean up queue",
  input: z
    .object({
      queue: queueName,
      ttlSeconds,
      tasks: z.boolean(),
      events: z.boolean(),
      /** The instant before which the operator saw that rows would be deleted. */
      shownBefore: instant.optional(),
    })
    .refine(({ tasks, events }) => tasks || events, "Choose tasks, events or both"),
  guard: guards.unrestrictedOnly,
  run: async ({ queue, shownBefore, ...what }, { db }) => {
    const shown = shownBefore === undefined ? 0 : await countSecondsSince(db, shownBefore);
    const ttlSeconds = Math.max(what.ttlSeconds, shown);
    return cleanUpFor(db, queue, { ...what, ttlSeconds }, CLEANUP_MS);
  },
});

/** Whole seconds of the engine's clock since an instant, rounded up. */
async function countSecondsSince(db: Queryable, at: Iso): Promise<number> {
  const now = await getCurrentTime(db);
  const elapsed = Math.ceil((now.getTime() - clampToDate(at).getTime()) / 1_000);
  return Math.min(elapsed, LONGEST_TTL);
}

/** Counts of deleted rows; `done` when none are left. */
type Cleanup = { tasksDeleted: number; eventsDeleted: number; done: boolean };

/** Runs batches of the engine's cleanup, tasks before events, until no row is left or the time is up. */
async function cleanUpFor(
  db: Queryable,
  queue: string,
  what: { ttlSeconds: number; tasks: boolean; events: boolean },
  milliseconds: number,
): Promise<Cleanup> {
  const end = performance.now() + milliseconds;
  const drain = async (wanted: boolean, clean: typeof cleanupTasks) => {
    for (let deleted = 0, batch = BATCH; ; ) {
      if (!wanted || batch < BATCH) return { deleted, done: true };
      if (performance.now() >= end) return { deleted, done: false };
      batch = await clean(db, queue, { ttlSeconds: what.ttlSeconds, limit: BATCH });
      deleted += batch;
    }
  };
  const tasks = await drain(what.tasks, cleanupTasks);
  const events = await drain(what.events, cleanupEvents);
  return {
    tasksDeleted: tasks.deleted,
    eventsDeleted: events.deleted,
    done: tasks.done && events.done,
  };
}

/** Exact: an active task has one active run. A queue may lack tables. */
async function countActiveTasks(db: Queryable, queue: string): Promise<number> {
  const runs = queueTable("r", queue);
  const [table] = await query(
    db,
    { exists: boolean },
    sql`select to_regclass(${runs}) is not null as exists`,
  );
  if (!table?.exists) return 0;
  const [row] = await query(
    db,
    { active: number },
    sql`select count(*)::float8 as active from ${sql.raw(runs)}
         where state = any(${sql.param([...ACTIVE_STATES])}::text[])`,
  );
  return row?.active ?? 0;
}

/**
 * The policy of a queue.
 *
 * @throws QueueNotFoundError, and UnsupportedByEngineError before schema 0.4.0.
 */
async function requirePolicy(db: Queryable, queue: string): Promise<QueuePolicy> {
  const policy = await getQueuePolicy(db, queue);
  if (!policy) throw new QueueNotFoundError(queue);
  return policy;
}

/** @throws ProblemError `state_changed` if a setting differs from its expected value. */
function refuseStalePolicy(policy: QueuePolicy, expected: z.output<typeof policyChange>): void {
  const stale = Object.entries(expected).some(
    ([key, value]) => value !== undefined && policy[key as keyof QueuePolicy] !== value,
  );
  if (stale)
    throw new ProblemError({
      code: "state_changed",
      message: "The policy was changed after you opened it.",
      hint: "Reload it, then decide again.",
    });
}
