import { failAttempts } from "./situations-active";
import type { Stage } from "./stage";

/** Ended tasks, one situation each. */
export const endedSituations: Record<string, (stage: Stage) => Promise<void>> = {
  completed: async (stage) => {
    await stage.spawn();
    stage.pass(1.5);
    await stage.work("worker-a", async (ctx) => {
      await ctx.step("validate-order", async () => stage.pass(0.6));
      await ctx.step("charge-card", async () => stage.pass(4.8));
      stage.pass(0.2);
      return { ok: true };
    });
    stage.pass(3_600);
  },

  "completed-after-retries": async (stage) => {
    await stage.spawn({ retryStrategy: { kind: "fixed", baseSeconds: 20 } });
    await stage.work("worker-a", async (ctx) => {
      await ctx.step("validate-order", async () => stage.pass(0.6));
      stage.pass(2);
      throw new Error("card service unavailable");
    });
    stage.pass(22.5);
    await stage.work("worker-b", async (ctx) => {
      await ctx.step("validate-order", async () => stage.pass(0.6));
      await ctx.step("charge-card", async () => stage.pass(4.8));
    });
  },

  "completed-slept-late": async (stage) => {
    await stage.spawn();
    const handler = async (ctx: Parameters<Parameters<Stage["work"]>[1]>[0]) => {
      await ctx.step("validate-order", async () => stage.pass(0.6));
      await ctx.sleepFor("cool-off", 600);
      await ctx.sleepFor("second-thought", 60);
      await ctx.step("charge-card", async () => stage.pass(4.8));
    };
    await stage.work("worker-a", handler);
    stage.pass(605);
    await stage.work("worker-a", handler);
    stage.pass(98);
    await stage.work("worker-a", handler);
  },

  "written-after-the-end": async (stage) => {
    await stage.spawn();
    await stage.work("worker-a", async () => stage.pass(3));
    stage.pass(12);
    await stage.sql("select absurd.set_task_checkpoint_state($1, $2, 'late', 'true', $3, 0)", [
      stage.queue,
      stage.taskId,
      stage.runId,
    ]);
    stage.pass(5);
  },

  "failed-exhausted": async (stage) => {
    await stage.spawn({ maxAttempts: 3, retryStrategy: { kind: "exponential", baseSeconds: 5 } });
    await failAttempts(stage, 1);
    stage.pass(7);
    await failAttempts(stage, 1);
    stage.pass(12);
    await failAttempts(stage, 1);
    stage.pass(60);
  },

  "failed-lease-lost": async (stage) => {
    await stage.spawn({ maxAttempts: 1 });
    stage.pass(1);
    await stage.work("worker-7f", async (ctx) => {
      await ctx.step("validate-order", async () => stage.pass(0.6));
      return stage.vanish();
    });
    stage.pass(80);
    await stage.poll();
    stage.pass(10);
  },

  "failed-strategy-invalid": async (stage) => {
    await stage.spawn();
    await stage.sql(`update {t} set retry_strategy = '{"kind":"fixed","base_seconds":100000}'`);
    await failAttempts(stage, 1);
    stage.pass(10);
  },

  "failed-out-of-time": async (stage) => {
    await stage.spawn({ maxAttempts: 1, cancellation: { maxDuration: 60 } });
    await failAttempts(stage, 1);
    stage.pass(600);
  },

  "failed-wrong-queue": async (stage) => {
    await stage.spawn({ maxAttempts: 1 });
    await stage.workMisconfigured("worker-a");
    stage.pass(5);
  },

  "cancelled-before-start": async (stage) => {
    await stage.spawn();
    stage.pass(5);
    await stage.cancel();
    stage.pass(5);
  },

  "cancelled-running": async (stage) => {
    await stage.spawn();
    stage.pass(1);
    await stage.work("worker-a", async (ctx) => {
      await ctx.step("validate-order", async () => stage.pass(0.6));
      stage.pass(20);
      await stage.cancel();
      stage.pass(5);
      await stage.capture();
    });
  },

  "cancelled-sleeping": async (stage) => {
    await stage.spawn();
    await stage.work("worker-a", (ctx) => ctx.sleepFor("cool-off", 600));
    stage.pass(30);
    await stage.cancel();
    stage.pass(5);
  },

  "cancelled-waiting": async (stage) => {
    await stage.spawn();
    await stage.work("worker-a", (ctx) => ctx.awaitEvent("payment.captured:42"));
    stage.pass(30);
    await stage.cancel();
    stage.pass(5);
  },

  "cancelled-in-backoff": async (stage) => {
    await stage.spawn({ retryStrategy: { kind: "fixed", baseSeconds: 300 } });
    await failAttempts(stage, 1);
    stage.pass(30);
    await stage.cancel();
    stage.pass(5);
  },

  "cancelled-max-delay": async (stage) => {
    await stage.spawn({ cancellation: { maxDelay: 60 } });
    stage.pass(75);
    await stage.poll();
    stage.pass(5);
  },

  "cancelled-instead-of-retried": async (stage) => {
    await stage.spawn({
      cancellation: { maxDuration: 60 },
      retryStrategy: { kind: "fixed", baseSeconds: 50 },
    });
    stage.pass(1);
    await failAttempts(stage, 1);
    stage.pass(52);
    await failAttempts(stage, 1);
    stage.pass(5);
  },
};
