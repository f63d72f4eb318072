"use server";

import { z } from "zod";
import { extendClaim } from "@/lib/absurd/runs/runs";
import { forkTask, runAgain } from "@/lib/absurd/tasks/copies";
import { type SpawnOptions, spawnTask } from "@/lib/absurd/tasks/spawn";
import { action } from "./action";
import { refuseMasks, restoreEdits } from "./hidden-values";
import { queueName, uuid } from "./inputs";
import { readJsonObject, readJsonText, refuseText } from "./json-text";
import { toCopy, toNewTask, toRun } from "./reaches";
import { nameTenant, refuseForeignKey } from "./tenant-of-new";

const seconds = z.number("is not a number").min(0, "is negative").max(1e9, "is too large");
const wholeSeconds = seconds.int("is not a whole number");
const jsonText = z.string("is missing").max(8_000_000, "is too large");
/** `null` is no limit. */
const maxAttempts = z
  .int("is not a whole number")
  .min(1, "is below 1")
  .max(1_000_000, "is above 1000000")
  .nullable();

/**
 * Spawns a task. Params are JSON text, exact to the last digit of integers; headers are the text of a JSON object, or
 * empty. Where a task has the idempotency key already that one is answered, with `created: false`, and nothing changes.
 */
export const spawnTaskAction = action(
  "spawn task",
  "operator",
  z.object({
    queue: queueName,
    name: z.string("is missing").trim().min(1, "is empty").max(1_000, "is too long"),
    params: jsonText,
    headers: jsonText.optional(),
    maxAttempts: maxAttempts.optional(),
    retryStrategy: z
      .object({
        kind: z.enum(["none", "fixed", "exponential"], "is not one the engine knows"),
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
  toNewTask,
  async ({ queue, name, params, headers, ...options }, db) => {
    const value = refuseMasks(
      "params",
      params.trim() === "" ? null : readJsonText(params, "params"),
    );
    const parsed = nameTenant(refuseMasks("headers", readJsonObject(headers, "headers")));
    // The round trip leaves out what was not given, which the verb tells from undefined.
    const given: SpawnOptions = JSON.parse(JSON.stringify(options));
    if (parsed) given.headers = parsed;
    const task = await spawnTask(db, queue, name, value, given).catch(refuseText);
    if (!task.created) await refuseForeignKey(db, { queue, taskId: task.taskId });
    return task;
  },
);

const copy = z.object({
  queue: queueName,
  taskId: uuid,
  /** Left out: as they are, copied inside the database. */
  params: jsonText.optional(),
  headers: jsonText.optional(),
  maxAttempts: maxAttempts.optional(),
  /** Whether the copy has no retry strategy, such as when the engine refuses the old one. */
  withoutRetryStrategy: z.boolean().optional(),
});

/**
 * Spawns a task like an old one, with these edits; its headers link it to the old one, which stays as it is. Masks of
 * hidden values in the edits stand for the values of the old task.
 */
export const runAgainAction = action(
  "run task again",
  "operator",
  copy,
  toCopy,
  async ({ queue, taskId, ...edits }, db) => {
    const { taskId: newTaskId, attempt } = await runAgain(
      db,
      queue,
      taskId,
      await restoreEdits(db, queue, taskId, readEdits(edits)),
    ).catch(refuseText);
    return { taskId, newTaskId, attempt };
  },
);

/** Runs a task again from one of its steps on: the steps before it are copied and will not run again. */
export const forkTaskAction = action(
  "fork task",
  "operator",
  copy.extend({ fromStep: z.string("is missing").min(1, "is empty").max(10_000, "is too long") }),
  toCopy,
  async ({ queue, taskId, fromStep, ...edits }, db) => {
    const restored = await restoreEdits(db, queue, taskId, readEdits(edits));
    const fork = await forkTask(db, queue, taskId, fromStep, restored).catch(refuseText);
    return { taskId, newTaskId: fork.taskId, copied: fork.copiedSteps.length };
  },
);

/**
 * Makes the lease of a running run end so many seconds from now, so that a worker that stopped reporting is not given
 * up yet, or sooner. Refused as `state_changed` when the run does not run any more.
 */
export const extendLeaseAction = action(
  "extend lease",
  "operator",
  z.object({
    queue: queueName,
    runId: uuid,
    seconds: wholeSeconds.min(1, "is below 1").max(604_800, "is more than a week"),
  }),
  toRun,
  async ({ queue, runId, seconds }, db) => {
    await extendClaim(db, queue, runId, seconds);
    return { runId, seconds };
  },
);

function readEdits({
  params,
  headers,
  maxAttempts,
  withoutRetryStrategy,
}: Omit<z.output<typeof copy>, "queue" | "taskId">) {
  const edited = readJsonObject(headers, "headers");
  const parsed = edited && nameTenant(edited);
  return {
    ...(params !== undefined && { params: readJsonText(params, "params") }),
    ...(parsed && { headers: parsed }),
    ...(maxAttempts !== undefined && { maxAttempts }),
    ...(withoutRetryStrategy && { retryStrategy: null }),
  };
}
