import { AGENTS, BILLING } from "@/demo/queues";
import { type Workload, work } from "@/demo/workload";

/** Small tasks without params, and a task of the next release that no worker has registered yet. */
export const maintenance: Workload = {
  queue: BILLING,
  every: 150,
  register(app) {
    app.registerTask({ name: "rotate-signing-keys", queue: BILLING }, async (_params, ctx) => {
      await ctx.step("rotate", () => work(0.2));
    });
  },

  async arrive({ app, random }) {
    await app.spawn("rotate-signing-keys", null, { queue: BILLING, maxAttempts: 1 });
    if (random.chance(0.1))
      await app.spawn(
        "refresh-embeddings-v2",
        { model: "embed-2", dryRun: true },
        { queue: AGENTS, cancellation: { maxDuration: 1_800 } },
      );
  },
};
