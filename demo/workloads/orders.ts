import { TimeoutError } from "absurd-sdk";
import { headersFor, newOrder, numberAt, type Order } from "@/demo/company";
import { ORDERS } from "@/demo/queues";
import { createRandom } from "@/demo/random";
import { type Workload, work } from "@/demo/workload";

export type FulfilOrder = Order & {
  shipping: "standard" | "express";
  /** Seconds after which express orders stop waiting for the warehouse. */
  packWithinSeconds?: number;
  /** Absent if nothing is in stock; the order then isn't packed, and waits. */
  pickSeconds?: number;
};

type Parcel = { parcelId: string; weightGrams: number };

/** An order waits for the warehouse: with a timeout if it is express, otherwise without a limit. */
export const orders: Workload = {
  queue: ORDERS,
  every: 7,
  register(app) {
    app.registerTask<FulfilOrder>({ name: "fulfil-order", queue: ORDERS }, async (order, ctx) => {
      const random = createRandom(ctx.taskID);
      await ctx.step("reserve-stock", async () => {
        await work(random.unit() * 0.3);
        return { warehouse: order.pickSeconds ? "OSL-2" : null, lines: order.items.length };
      });
      await ctx.step("authorise-payment", async () => {
        await work(random.unit() * 0.5);
        return {
          idempotencyKey: `${ctx.taskID}:authorise`,
          authorisation: `auth_${random.hex(16)}`,
        };
      });
      const { orderId, tenant, pickSeconds, packWithinSeconds } = order;
      if (pickSeconds !== undefined)
        await ctx.step("hand-to-warehouse", () =>
          app.spawn(
            "pick-and-pack",
            { orderId, tenant, pickSeconds },
            { queue: ORDERS, idempotencyKey: `pack:${orderId}`, headers: ctx.headers },
          ),
        );
      let parcel: Parcel;
      try {
        parcel = (await ctx.awaitEvent(`shipment.packed:${orderId}`, {
          ...(packWithinSeconds !== undefined && { timeout: packWithinSeconds }),
        })) as Parcel;
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error;
        const ticket = await ctx.step("escalate-to-support", async () => ({
          ticket: numberAt("SUP", new Date()),
          reason: error.message,
        }));
        return { orderId, status: "escalated", ...ticket };
      }
      const label = await ctx.step("book-carrier", async () => {
        await work(random.unit() * 0.4);
        return { carrier: "PostNord", trackingNumber: `JJFI${random.hex(12).toUpperCase()}` };
      });
      await ctx.step("notify-customer", async () => ({ sentTo: order.customer.email }));
      return { orderId, status: "shipped", ...label, parcelId: parcel.parcelId };
    });

    app.registerTask<{ orderId: string; pickSeconds: number }>(
      { name: "pick-and-pack", queue: ORDERS },
      async ({ orderId, pickSeconds }, ctx) => {
        const random = createRandom(ctx.taskID);
        await ctx.sleepFor("wait-for-picker", pickSeconds);
        await ctx.step("pick-items", () => work(random.unit() * 0.5));
        const parcel = await ctx.step("pack-parcel", async () => ({
          parcelId: `P-${random.hex(8)}`,
          weightGrams: random.int(200, 9_000),
        }));
        await ctx.emitEvent(`shipment.packed:${orderId}`, parcel);
        return parcel;
      },
    );
  },

  async arrive({ app, random }) {
    const order = newOrder(random, new Date());
    const express = random.chance(0.3);
    await app.spawn<FulfilOrder>(
      "fulfil-order",
      {
        ...order,
        shipping: express ? "express" : "standard",
        ...(express && { packWithinSeconds: 60 }),
        // One order in twelve has nothing in stock; one express order in ten is picked too late.
        ...(random.chance(11 / 12) && {
          pickSeconds: express && random.chance(0.1) ? 120 : random.int(5, 50),
        }),
      },
      {
        queue: ORDERS,
        headers: headersFor(order.tenant, random),
        idempotencyKey: `order:${order.orderId}`,
        cancellation: { maxDuration: 6 * 3600 },
      },
    );
  },
};
