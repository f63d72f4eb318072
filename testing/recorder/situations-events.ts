import type { Stage } from "./stage";

const PAID = "payment.captured:42";

/** Waits for events: active, ended, timed out, and failed. */
export const eventSituations: Record<string, (stage: Stage) => Promise<void>> = {
  "event-wait-forever": async (stage) => {
    await stage.spawn();
    await stage.work("worker-a", async (ctx) => {
      await ctx.step("validate-order", async () => stage.pass(0.6));
      await ctx.awaitEvent(PAID);
    });
    stage.pass(7_200);
  },

  "event-wait-limited": async (stage) => {
    await stage.spawn();
    await stage.work("worker-a", (ctx) => ctx.awaitEvent(PAID, { timeout: 120 }));
    stage.pass(45);
  },

  "event-woken": async (stage) => {
    await stage.spawn();
    await stage.work("worker-a", (ctx) => ctx.awaitEvent(PAID));
    stage.pass(30);
    await stage.emit(PAID, "captured");
    stage.pass(4);
  },

  "event-delivered": async (stage) => {
    await stage.spawn();
    stage.pass(1);
    const handler = async (ctx: Parameters<Parameters<Stage["work"]>[1]>[0]) => {
      await ctx.step("charge-card", async () => stage.pass(3));
      await ctx.awaitEvent(PAID);
      await ctx.step("pack-items", async () => stage.pass(20));
    };
    await stage.work("worker-a", handler);
    stage.pass(30);
    await stage.emit(PAID, "captured");
    stage.pass(2);
    await stage.work("worker-b", handler);
  },

  "event-named-step": async (stage) => {
    await stage.spawn();
    const handler = async (ctx: Parameters<Parameters<Stage["work"]>[1]>[0]) => {
      await ctx.awaitEvent(PAID, { stepName: "wait-for-money" });
      await ctx.step("pack-items", async () => stage.pass(20));
    };
    await stage.work("worker-a", handler);
    stage.pass(30);
    await stage.emit(PAID, "captured");
    stage.pass(2);
    await stage.work("worker-b", handler);
  },

  "event-there-already": async (stage) => {
    await stage.spawn();
    await stage.emit(PAID, "captured");
    stage.pass(30);
    await stage.work("worker-a", async (ctx) => {
      await ctx.step("charge-card", async () => stage.pass(3));
      await ctx.awaitEvent(PAID);
      stage.pass(1);
    });
  },

  "event-timed-out": async (stage) => {
    await stage.spawn();
    await stage.work("worker-a", (ctx) => ctx.awaitEvent(PAID, { timeout: 30 }));
    stage.pass(50);
  },

  "event-too-late": async (stage) => {
    await stage.spawn();
    await stage.work("worker-a", (ctx) => ctx.awaitEvent(PAID, { timeout: 30 }));
    stage.pass(40);
    await stage.emit(PAID, "captured");
    stage.pass(5);
  },

  "event-timeout-caught": async (stage) => {
    await stage.spawn();
    const handler = async (ctx: Parameters<Parameters<Stage["work"]>[1]>[0]) => {
      await ctx.awaitEvent(PAID, { timeout: 30 }).catch(rethrowSuspension);
      stage.pass(3);
      await stage.capture();
      stage.captured = null;
      return "unpaid";
    };
    await stage.work("worker-a", handler);
    stage.pass(32);
    await stage.work("worker-b", handler);
  },

  "event-timeout-rewaited": async (stage) => {
    await stage.spawn();
    const handler = async (ctx: Parameters<Parameters<Stage["work"]>[1]>[0]) => {
      await ctx.awaitEvent(PAID, { timeout: 30 }).catch(rethrowSuspension);
      await ctx.awaitEvent("approved:42");
    };
    await stage.work("worker-a", handler);
    stage.pass(32);
    await stage.work("worker-a", handler);
    stage.pass(60);
    await stage.emit("approved:42", "yes");
    stage.pass(1);
    await stage.work("worker-a", handler);
    stage.pass(10);
  },

  "event-timeout-failed": async (stage) => {
    await stage.spawn({ maxAttempts: 1 });
    const handler = (ctx: Parameters<Parameters<Stage["work"]>[1]>[0]) =>
      ctx.awaitEvent(PAID, { timeout: 30 });
    await stage.work("worker-a", handler);
    stage.pass(32);
    await stage.work("worker-b", handler);
    stage.pass(60);
  },

  "suspension-swallowed": async (stage) => {
    await stage.spawn({ maxAttempts: 2 });
    for (let attempt = 0; attempt < 2; attempt++)
      await stage.work("worker-a", async (ctx) => {
        try {
          await ctx.sleepFor("cool-off", 600);
        } catch {
          stage.pass(1);
        }
        await ctx.awaitEvent(PAID);
      });
    stage.pass(5);
  },
};

/** Handlers may catch timeouts, but must rethrow suspensions. */
function rethrowSuspension(error: unknown): void {
  if (!(error instanceof Error && error.name === "TimeoutError")) throw error;
}
