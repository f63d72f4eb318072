"use server";

import { z } from "zod";
import { rescheduleRun } from "@/lib/absurd/runs/reschedule";
import { previewReschedule } from "@/lib/absurd/runs/reschedule-target";
import { cancelTask, getTaskStatus, retryTask } from "@/lib/absurd/tasks/tasks";
import { ProblemError } from "@/lib/model/problem";
import { action, inquiry } from "./action";
import { extraAttempts as moreAttempts, queueName, uuid } from "./inputs";
import { toPlan } from "./plans";
import { toRetry, toRun, toTask } from "./reaches";

const target = z.object({ queue: queueName, taskId: uuid });

/**
 * Cancels a task. The rows change at once; a worker that executes it stops at its next checkpoint or heartbeat.
 * Refused as `already_ended` when it had ended before.
 */
export const cancelTaskAction = action(
  "cancel task",
  "operator",
  target,
  toTask,
  async ({ queue, taskId }, db) => {
    const { cancelled, state } = await cancelTask(db, queue, { taskId });
    if (!cancelled)
      throw new ProblemError({ code: "already_ended", message: `The task is ${state} already.` });
    return { taskId, state };
  },
);

/**
 * Gives a failed task `extraAttempts` more attempts (by default what the engine grants: one more than its limit), or
 * spawns a new task of the same kind. Refused as `state_changed` when it is not failed any more.
 */
export const retryTaskAction = action(
  "retry task",
  "operator",
  target.extend({
    extraAttempts: moreAttempts.optional(),
    spawnNew: z.boolean().optional(),
  }),
  toRetry,
  async ({ queue, taskId, extraAttempts, spawnNew = false }, db) => {
    if (extraAttempts === undefined) return retryTask(db, queue, taskId, { spawnNew });
    if (spawnNew) return retryTask(db, queue, taskId, { spawnNew, maxAttempts: extraAttempts });
    const attempts = (await getTaskStatus(db, queue, taskId))?.attempts ?? 0;
    return retryTask(db, queue, taskId, { maxAttempts: attempts + extraAttempts });
  },
);

const run = z.object({ queue: queueName, runId: uuid });

/** What rescheduling this run would move: show it, and hand `kind` and `at` back as `expected`. */
export const previewRescheduleAction = inquiry(
  "preview reschedule",
  "operator",
  run,
  toRun,
  async ({ queue, runId }, db) => toPlan(await previewReschedule(db, queue, runId)),
);

/**
 * Moves a waiting run to another time, or takes the time-out off an event wait (`never`). Refused as
 * `state_changed` when the run is not what `expected` says, or was claimed, woken or ended meanwhile.
 */
export const rescheduleRunAction = action(
  "reschedule run",
  "operator",
  run.extend({
    at: z.union([z.enum(["now", "never"]), z.iso.datetime({ offset: true })], "is not a time"),
    expected: z
      .object({
        kind: z.enum(["queued", "backoff", "woken", "deferred", "sleep", "event-wait"]),
        at: z.union([z.literal("infinity"), z.iso.datetime({ offset: true })]),
      })
      .optional(),
  }),
  toRun,
  async ({ queue, runId, at, expected }, db) =>
    toPlan(
      await rescheduleRun(db, queue, {
        runId,
        at: at === "now" || at === "never" ? at : new Date(at),
        ...(expected && {
          expected: {
            kind: expected.kind,
            at: expected.at === "infinity" ? expected.at : new Date(expected.at),
          },
        }),
      }),
    ),
);
