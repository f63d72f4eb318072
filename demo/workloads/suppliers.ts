import { headersFor, TENANTS } from "@/demo/company";
import { ORDERS } from "@/demo/queues";
import { type Workload, work } from "@/demo/workload";

export type SupplierSync = {
  supplier: string;
  tenant: string;
  pages: number;
  pauseSeconds: number;
};

/** Reads a catalogue page by page with pauses in between; a slow supplier is cancelled by `max_duration`. */
export const suppliers: Workload = {
  queue: ORDERS,
  every: 80,
  register(app) {
    app.registerTask<SupplierSync>(
      { name: "sync-supplier-catalogue", queue: ORDERS },
      async ({ supplier, pages, pauseSeconds }, ctx) => {
        for (let page = 1; page <= pages; page++) {
          await ctx.step("fetch-page", async () => {
            await work(0.2);
            return { page, products: 250 };
          });
          if (page < pages) await ctx.sleepFor("respect-rate-limit", pauseSeconds);
        }
        return { supplier, products: pages * 250 };
      },
    );
  },

  async arrive({ app, random }) {
    const tenant = random.pick(TENANTS).id;
    const supplier = random.pick(["alpenstoff", "fjell-import", "日本アウトドア"]);
    await app.spawn<SupplierSync>(
      "sync-supplier-catalogue",
      {
        supplier,
        tenant,
        pages: random.int(3, 8),
        pauseSeconds: supplier === "alpenstoff" ? 25 : 8,
      },
      {
        queue: ORDERS,
        headers: headersFor(tenant, random),
        cancellation: { maxDuration: 75 },
      },
    );
  },
};
