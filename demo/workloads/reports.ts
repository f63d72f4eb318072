import { headersFor, TENANTS } from "@/demo/company";
import { BILLING } from "@/demo/queues";
import { type Workload, work } from "@/demo/workload";

export type RevenueReport = {
  tenant: string;
  period: string;
  /** Instants until which the report sleeps, one after another. */
  cutOffs: string[];
};

/** Reports that mostly sleep. One per merchant and period, however often it is requested. */
export const reports: Workload = {
  queue: BILLING,
  every: 60,
  register(app) {
    const handle = app.registerTask.bind(app);
    for (const name of ["hourly-settlement", "nightly-revenue-report"])
      handle<RevenueReport>({ name, queue: BILLING }, async (report, ctx) => {
        const totals: number[] = [];
        for (const cutOff of report.cutOffs) {
          await ctx.sleepUntil("wait-for-bank-cut-off", new Date(cutOff));
          totals.push(
            await ctx.step("collect-captures", async () => {
              await work(0.4);
              return cutOff.length * 1_000 + totals.length;
            }),
          );
        }
        await ctx.step("render-pdf", async () => ({
          file: `reports/${report.tenant}/${report.period}.pdf`,
          pages: totals.length * 4,
        }));
        await ctx.step("send", async () => ({ to: `finance@${report.tenant}.example.com` }));
        return { ...report, totals };
      });
  },

  async arrive({ app, random }) {
    const { id: tenant } = random.pick(TENANTS);
    const now = new Date();
    const hour = now.toISOString().slice(0, 13);
    await app.spawn<RevenueReport>(
      "hourly-settlement",
      { tenant, period: hour, cutOffs: [after(now, 45), after(now, 150), after(now, 400)] },
      {
        queue: BILLING,
        headers: headersFor(tenant, random),
        idempotencyKey: `settlement:${tenant}:${hour}`,
      },
    );
    const day = hour.slice(0, 10);
    const night = Date.parse(`${day}T02:30:00Z`) + 86_400_000;
    await app.spawn<RevenueReport>(
      "nightly-revenue-report",
      { tenant, period: day, cutOffs: [0, 900, 1800].map((s) => after(new Date(night), s)) },
      {
        queue: BILLING,
        headers: headersFor(tenant, random),
        idempotencyKey: `revenue:${tenant}:${day}`,
      },
    );
  },
};

function after(instant: Date, seconds: number): string {
  return new Date(instant.getTime() + seconds * 1000).toISOString();
}
