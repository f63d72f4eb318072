import type { Stage } from "./stage";

type Context = Parameters<Parameters<Stage["work"]>[1]>[0];

const PAID = "payment.captured:ord_42";
const COURIER = "courier.confirmed:ord_42";

/** One order with everything: a late sleep, a failure, a lost worker, two waits and a running attempt. */
export async function orderWithEverything(stage: Stage): Promise<void> {
  await stage.spawn({
    retryStrategy: { kind: "exponential", baseSeconds: 30 },
    cancellation: { maxDuration: 3_600 },
    headers: { tenant_id: "acme" },
  });
  stage.pass(12);
  await stage.work("worker-7f", beforeCharge(stage, fail(stage)));
  stage.pass(638);
  await stage.work("worker-7f", beforeCharge(stage, fail(stage)));
  stage.pass(32.5);
  const lost = beforeCharge(stage, async (ctx) => {
    await ctx.step("charge-card", async () => {
      stage.pass(4.8);
      return {
        charge_id: "ch_3QxT9vLk2eZ",
        amount: 18450,
        ledger_seq: 90071992547409931n.toString(),
      };
    });
    await ctx.awaitEvent(PAID);
    return stage.vanish();
  });
  await stage.work("worker-3c", lost);
  stage.pass(88);
  await stage.emit(PAID, "captured");
  stage.pass(1.9);
  await stage.work("worker-3c", lost);
  stage.pass(63);
  await stage.poll("worker-b2");
  stage.pass(61);
  const rest = beforeCharge(stage, async (ctx) => {
    await ctx.step("charge-card", async () => null);
    await ctx.awaitEvent(PAID);
    await ctx.step("pack-items", async () => stage.pass(24.7));
    await ctx.step("book-courier", async () => stage.pass(6.5));
    await ctx.awaitEvent(COURIER, { timeout: 120 });
    stage.pass(78);
    await ctx.heartbeat(42);
    await stage.capture();
  });
  await stage.work("worker-b2", rest);
  stage.pass(58.5);
  await stage.emit(COURIER, "confirmed");
  stage.pass(1.2);
  await stage.work("worker-b2", rest);
}

function beforeCharge(stage: Stage, then: (ctx: Context) => Promise<unknown>) {
  return async (ctx: Context) => {
    await ctx.step("validate-order", async () => stage.pass(0.6));
    await ctx.step("reserve-stock", async () => stage.pass(2.6));
    await ctx.sleepFor("cool-off", 600);
    return then(ctx);
  };
}

function fail(stage: Stage) {
  return async () => {
    stage.pass(30.2);
    throw Object.assign(new Error("gateway did not answer in 30 s"), { name: "TimeoutError" });
  };
}
