import type { SpawnOptions } from "absurd-sdk";
import { headersFor, newOrder, type Order } from "@/demo/company";
import { capture, FAULTS, type Fault } from "@/demo/gateway";
import { BILLING } from "@/demo/queues";
import type { Random } from "@/demo/random";
import { type Workload, work } from "@/demo/workload";

export type ChargeCard = {
  paymentId: string;
  orderId: string;
  tenant: string;
  amountCents: number;
  currency: string;
  card: { brand: string; last4: string };
  /** The provider's fault, and the number of failures before it succeeds. */
  provider: { fault: Fault; failures: number };
};

/** Failures by task. A restarted worker counts from zero, as if the outage continued. */
const failures = new Map<string, number>();

/** Payments fail and back off exponentially: most recover, some exhaust their attempts. */
export const payments: Workload = {
  queue: BILLING,
  every: 8,
  register(app) {
    app.registerTask<ChargeCard>({ name: "charge-card", queue: BILLING }, async (payment, ctx) => {
      await ctx.step("risk-check", async () => {
        await work(0.1);
        return { score: payment.amountCents % 100, rules: ["velocity", "geo", "amount"] };
      });
      const captured = await ctx.step("capture", async () => {
        await work(0.3);
        const before = failures.get(ctx.taskID) ?? 0;
        failures.set(ctx.taskID, before + 1);
        const { fault, failures: planned } = payment.provider;
        return capture(payment, before < planned ? fault : "none");
      });
      failures.delete(ctx.taskID);
      await ctx.step("book-revenue", async () => ({ account: "3000", ...captured }));
      return captured;
    });

    app.registerTask<ChargeCard>({ name: "refund-payment", queue: BILLING }, async (payment) => {
      await work(0.2);
      return capture(payment, payment.provider.fault);
    });
  },

  async arrive({ app, random }) {
    const order = newOrder(random, new Date());
    const charge = newCharge(random, order);
    const options = { ...chargeOptions(charge), headers: headersFor(order.tenant, random) };
    if (random.chance(0.08)) {
      // Half of the refunds meet a provider that is down for longer than a refund may take.
      const fault = random.pick(["none", "timeout"]);
      await app.spawn(
        "refund-payment",
        { ...charge, provider: { fault, failures: 99 } },
        {
          ...options,
          idempotencyKey: `refund:${charge.paymentId}`,
          retryStrategy: { kind: "fixed", baseSeconds: 15 },
          cancellation: { maxDuration: 40 },
        },
      );
      return;
    }
    await app.spawn("charge-card", charge, options);
    // The shop's webhook is delivered at least once; the key makes the second delivery harmless.
    if (random.chance(0.2)) await app.spawn("charge-card", charge, options);
  },
};

export function newCharge(random: Random, order: Order): ChargeCard {
  const faulty = random.chance(0.3);
  const fault = faulty ? random.pick(FAULTS.slice(1)) : "none";
  return {
    paymentId: `pay_${random.hex(14)}`,
    orderId: order.orderId,
    tenant: order.tenant,
    amountCents: order.totalCents,
    currency: order.currency,
    card: {
      brand: random.pick(["visa", "mastercard", "amex"]),
      last4: String(random.int(1000, 9999)),
    },
    // Five failures exhaust the attempts, but an operator's retry then succeeds.
    provider: { fault, failures: faulty ? random.pick([1, 2, 3, 5, 99]) : 0 },
  };
}

export function chargeOptions(charge: ChargeCard): SpawnOptions {
  return {
    queue: BILLING,
    maxAttempts: 5,
    retryStrategy: { kind: "exponential", baseSeconds: 5, factor: 2, maxSeconds: 300 },
    idempotencyKey: `charge:${charge.paymentId}`,
  };
}
