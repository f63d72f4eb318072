/** The tasks of the torture test, their expected outcome, and the effects of their steps. */
import { setTimeout as pause } from "node:timers/promises";
import { type Absurd, type TaskContext, TimeoutError } from "absurd-sdk";
import type { Transactions } from "./transactions";

export type Kind = (typeof KINDS)[number];
export const KINDS = [
  "steps",
  "sleeps",
  "waits",
  "signals",
  "times out",
  "executions",
  "doomed",
  "cancelled",
] as const;

export type Params = { index: number };

/** The steps that a task of this kind must have executed exactly once, in order, and its final state. */
export const EXPECTED: Record<
  Kind,
  { state: "completed" | "failed" | "cancelled"; steps: string[] }
> = {
  steps: { state: "completed", steps: ["one", "two", "three", "three#2"] },
  sleeps: { state: "completed", steps: ["before", "after"] },
  waits: { state: "completed", steps: ["before", "after"] },
  signals: { state: "completed", steps: ["before", "after"] },
  "times out": { state: "completed", steps: ["before", "gave up"] },
  executions: { state: "completed", steps: ["before", "after"] },
  doomed: { state: "failed", steps: ["before"] },
  cancelled: { state: "cancelled", steps: ["before"] },
};

/** `max_attempts` of a task: enough to survive every kill, except for the kind that always fails. */
export const maxAttempts = (kind: Kind) => (kind === "doomed" ? 3 : 100);

/** Registers a handler for each kind. Every step commits together with its effect. */
export function registerTasks(app: Absurd, transactions: Transactions): void {
  const step = async (ctx: TaskContext, name: string) => {
    const handle = await ctx.beginStep<string>(name);
    if (handle.done) return handle.state;
    return transactions.run(async (query) => {
      await query("insert into effects (task_id, step) values ($1, $2)", [
        ctx.taskID,
        handle.checkpointName,
      ]);
      // Leaves time for a kill between an effect and its checkpoint.
      await pause(Math.random() * 30);
      return ctx.completeStep(handle, name);
    });
  };

  const handlers: Record<Kind, (params: Params, ctx: TaskContext) => Promise<void>> = {
    steps: async (_, ctx) => {
      for (const name of ["one", "two", "three", "three"]) await step(ctx, name);
    },
    sleeps: async (_, ctx) => {
      await step(ctx, "before");
      await ctx.sleepFor("nap", 0.5);
      await step(ctx, "after");
    },
    waits: async ({ index }, ctx) => {
      await step(ctx, "before");
      await ctx.awaitEvent(`go:${index}`);
      await step(ctx, "after");
    },
    signals: async ({ index }, ctx) => {
      await step(ctx, "before");
      await ctx.emitEvent(`go:${index}`, { from: ctx.taskID });
      await step(ctx, "after");
    },
    "times out": async ({ index }, ctx) => {
      await step(ctx, "before");
      await ctx.awaitEvent(`never:${index}`, { timeout: 1 }).catch((error) => {
        if (!(error instanceof TimeoutError)) throw error;
      });
      await step(ctx, "gave up");
    },
    executions: async (_, ctx) => {
      await step(ctx, "before");
      const executions = await transactions.count("executions", ctx.taskID);
      if (executions <= 2) throw new Error("stumbled");
      await step(ctx, "after");
    },
    doomed: async (_, ctx) => {
      await step(ctx, "before");
      throw new Error("doomed");
    },
    cancelled: async ({ index }, ctx) => {
      await step(ctx, "before");
      await ctx.awaitEvent(`never:${index}`);
    },
  };

  for (const kind of KINDS)
    app.registerTask<Params, { index: number }>({ name: kind }, async (params, ctx) => {
      await handlers[kind](params, ctx);
      return { index: params.index };
    });
}
