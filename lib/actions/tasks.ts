"use server";

import * as z from "zod";
import { forkTask, runAgain } from "@/lib/absurd/tasks/copies";
import { type SpawnOptions, spawnTask } from "@/lib/absurd/tasks/spawn";
import { cancelTask, getTaskStatus, retryTask } from "@/lib/absurd/tasks/tasks";
import { plural } from "@/lib/format";
import { ProblemError } from "@/lib/model/problem";
import { defineAction } from "./define-action";
import {
  jsonText,
  extraAttempts as moreAttempts,
  queueName,
  seconds,
  uuid,
  wholeSeconds,
} from "./internal/inputs";
import { parseJsonObject, parseJsonText, refuseUnstorableJson } from "./internal/json-text";
import { refuseMasks, restoreEdits } from "./internal/redacted-values";
import { guards, refuseForeignKey, withTenant } from "./tenant-guards";

/** `null`: no limit. */
const maxAttempts = z
  .int("is not a whole number")
  .min(1, "is below 1")
  .max(1_000_000, "is above 1000000")
  .nullable();

const target = z.object({ queue: queueName, taskId: uuid });

/**
 * Cancels a task. Its rows change immediately; a worker that executes it stops at its next checkpoint or
 * heartbeat. Refused as `already_ended` if the task has ended.
 */
export const cancelTaskAction = defineAction({
  name: "cancel task",
  permission: "cancel task",
  input: target,
  guard: guards.task,
  run: async ({ queue, taskId }, { db }) => {
    const { cancelled, state } = await cancelTask(db, queue, { taskId });
    if (!cancelled)
      throw new ProblemError({ code: "already_ended", message: `The task is already ${state}.` });
    return { taskId, state };
  },
});

/**
 * Gives a failed task `extraAttempts` more attempts (default: the engine's, one more than its limit), or spawns a
 * new task like it. Refused as `state_changed` if the task is no longer failed, or has made more attempts than
 * were shown.
 */
export const retryTaskAction = defineAction({
  name: "retry task",
  permission: "retry task",
  input: target.extend({
    extraAttempts: moreAttempts.optional(),
    spawnNew: z.boolean().optional(),
    /** The number of attempts that the operator saw. */
    expectedAttempts: z.int().min(0).optional(),
  }),
  guard: guards.retriedTask,
  run: async ({ queue, taskId, extraAttempts, expectedAttempts, spawnNew = false }, { db }) => {
    if (spawnNew)
      return retryTask(db, queue, taskId, {
        spawnNew,
        ...(extraAttempts !== undefined && { maxAttempts: extraAttempts }),
      });
    const { attempts = 0 } = (await getTaskStatus(db, queue, taskId)) ?? {};
    if (attempts !== (expectedAttempts ?? attempts)) throw madeAttempts(attempts);
    const options = extraAttempts === undefined ? {} : { maxAttempts: attempts + extraAttempts };
    const retried = await retryTask(db, queue, taskId, options);
    // The engine has already locked the task: if another attempt was made in between, throwing undoes this one.
    if (retried.attempt !== attempts + 1) throw madeAttempts(retried.attempt - 1);
    return retried;
  },
});

function madeAttempts(attempts: number): ProblemError {
  return new ProblemError({
    code: "state_changed",
    message: `The task has made ${plural(attempts, "attempt")} by now.`,
    hint: "Check the task's current state, then decide again.",
  });
}

/**
 * Spawns a task. Params are JSON text, and numbers keep every digit; headers are the text of a JSON object, or
 * empty. If a task already has the idempotency key, the result is that task with `created: false`, and nothing
 * changes.
 */
export const spawnTaskAction = defineAction({
  name: "spawn task",
  permission: "spawn task",
  input: z.object({
    queue: queueName,
    name: z.string("is missing").trim().min(1, "is empty").max(1_000, "is too long"),
    params: jsonText,
    headers: jsonText.optional(),
    maxAttempts: maxAttempts.optional(),
    retryStrategy: z
      .object({
        kind: z.enum(["none", "fixed", "exponential"], "is not a kind of retry strategy"),
        baseSeconds: seconds.optional(),
        factor: z.number("is not a number").min(0, "is negative").optional(),
        maxSeconds: seconds.optional(),
      })
      .optional(),
    cancellation: z
      .object({
        maxDelaySeconds: wholeSeconds.optional(),
        maxDurationSeconds: wholeSeconds.optional(),
      })
      .optional(),
    idempotencyKey: z.string().min(1, "is empty").max(1_000, "is too long").optional(),
  }),
  guard: guards.newTask,
  run: async ({ queue, name, params, headers, ...options }, { db }) => {
    const value = await refuseMasks(
      "params",
      params.trim() === "" ? null : parseJsonText(params, "params"),
    );
    const written = await refuseMasks("headers", parseJsonObject(headers, "headers"));
    const parsed = withTenant(queue, written);
    // The round trip drops undefined members, which `spawn` would treat as given.
    const given: SpawnOptions = JSON.parse(JSON.stringify(options));
    if (parsed) given.headers = parsed;
    const task = await spawnTask(db, queue, name, value, given).catch(refuseUnstorableJson);
    if (!task.created) await refuseForeignKey(db, { queue, taskId: task.taskId });
    return task;
  },
});

const copy = z.object({
  queue: queueName,
  taskId: uuid,
  /** If omitted, params and headers are copied inside the database. */
  params: jsonText.optional(),
  headers: jsonText.optional(),
  maxAttempts: maxAttempts.optional(),
  /** Drops the retry strategy, for one that the engine no longer accepts. */
  withoutRetryStrategy: z.boolean().optional(),
});

/**
 * Spawns a copy of a task with these edits. Headers link the copy to the original, which does not change. Masks in
 * the edits keep the redacted values of the original.
 */
export const runAgainAction = defineAction({
  name: "run task again",
  permission: "run task again",
  input: copy,
  guard: guards.copiedTask,
  run: async ({ queue, taskId, ...edits }, { db }) => {
    const { taskId: newTaskId, attempt } = await runAgain(
      db,
      queue,
      taskId,
      await restoreEdits(db, queue, taskId, parseEdits(queue, edits)),
    ).catch(refuseUnstorableJson);
    return { taskId, newTaskId, attempt };
  },
});

/**
 * Spawns a copy of a task that starts at one of its steps: completed steps before it are copied and do not run again.
 */
export const forkTaskAction = defineAction({
  name: "fork task",
  permission: "fork task",
  input: copy.extend({
    fromStep: z.string("is missing").min(1, "is empty").max(10_000, "is too long"),
  }),
  guard: guards.copiedTask,
  run: async ({ queue, taskId, fromStep, ...edits }, { db }) => {
    const restored = await restoreEdits(db, queue, taskId, parseEdits(queue, edits));
    const fork = await forkTask(db, queue, taskId, fromStep, restored).catch(refuseUnstorableJson);
    return { taskId, newTaskId: fork.taskId, copied: fork.copiedSteps.length };
  },
});

function parseEdits(
  queue: string,
  {
    params,
    headers,
    maxAttempts,
    withoutRetryStrategy,
  }: Omit<z.output<typeof copy>, "queue" | "taskId">,
) {
  const edited = parseJsonObject(headers, "headers");
  const parsed = edited && withTenant(queue, edited);
  return {
    ...(params !== undefined && { params: parseJsonText(params, "params") }),
    ...(parsed && { headers: parsed }),
    ...(maxAttempts !== undefined && { maxAttempts }),
    ...(withoutRetryStrategy && { retryStrategy: null }),
  };
}
