import { headersFor, newOrder } from "@/demo/company";
import { BILLING, ORDERS } from "@/demo/queues";
import { type Workload, work } from "@/demo/workload";
import { type ChargeCard, chargeOptions, newCharge } from "./payments";

export type WholesaleOrder = { orderId: string; tenant: string; charges: ChargeCard[] };

/** A parent that starts one payment per branch office and waits for all of them. */
export const wholesale: Workload = {
  queue: ORDERS,
  every: 75,
  register(app) {
    app.registerTask<WholesaleOrder>(
      { name: "wholesale-order", queue: ORDERS },
      async ({ orderId, charges }, ctx) => {
        await ctx.step("check-credit-limit", async () => {
          await work(0.2);
          return { approved: true, branches: charges.length };
        });
        const children: string[] = [];
        for (const charge of charges)
          children.push(
            await ctx.step("spawn-charge", async () => {
              const { taskID } = await app.spawn("charge-card", charge, {
                ...chargeOptions(charge),
                headers: { ...ctx.headers, parent_task_id: ctx.taskID },
              });
              return taskID;
            }),
          );
        const outcomes: string[] = [];
        for (const child of children)
          outcomes.push((await ctx.awaitTaskResult(child, { queue: BILLING })).state);
        return {
          orderId,
          paid: outcomes.filter((state) => state === "completed").length,
          outcomes,
        };
      },
    );
  },

  async arrive({ app, random }) {
    const order = newOrder(random, new Date());
    await app.spawn<WholesaleOrder>(
      "wholesale-order",
      {
        orderId: order.orderId,
        tenant: order.tenant,
        charges: Array.from({ length: random.int(3, 6) }, (_, branch) =>
          newCharge(random, { ...order, orderId: `${order.orderId}/${branch + 1}` }),
        ),
      },
      { queue: ORDERS, headers: headersFor(order.tenant, random) },
    );
  },
};
