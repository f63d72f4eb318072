import { headersFor, numberAt, TENANTS } from "@/demo/company";
import { BILLING } from "@/demo/queues";
import type { Random } from "@/demo/random";
import { type Workload, work } from "@/demo/workload";
import { emitEvent } from "@/lib/absurd/events/events";
import { spawnTask } from "@/lib/absurd/tasks/spawn";

/**
 * Ledger entries have 64-bit numbers. The SDK's `JSON.stringify` can't write them and a double can't hold them, so they
 * are spawned through the client layer, which writes integers exactly.
 */
export const ledger: Workload = {
  queue: BILLING,
  every: 25,
  register(app) {
    app.registerTask<{ account: string }>(
      { name: "post-ledger-entry", queue: BILLING },
      async ({ account }, ctx) => {
        await ctx.step("validate-balance", () => work(0.1));
        const closed = await ctx.awaitEvent(`ledger.day-closed:${account}`, { timeout: 60 });
        return { account, closed };
      },
    );
  },

  async arrive({ pool, random }) {
    const entry = newEntry(random, new Date());
    await spawnTask(pool, BILLING, "post-ledger-entry", entry, {
      maxAttempts: 2,
      headers: { ...headersFor(entry.tenant, random), sequence: entry.entryId },
    });
    if (random.chance(0.8))
      await emitEvent(pool, BILLING, `ledger.day-closed:${entry.account}`, {
        lastEntryId: entry.entryId + 41n,
      });
  },
};

export function newEntry(random: Random, at: Date) {
  return {
    // Needs all of a signed 64-bit integer: a double would change the last digits.
    entryId: 9_007_199_254_740_993n * 1_000n + BigInt(random.int(0, 499)) * 2n + 1n,
    tenant: random.pick(TENANTS).id,
    account: numberAt("ACC", at),
    amount: { minorUnits: BigInt(random.int(1, 9)) * 10n ** 17n + 1n, currency: "JPY" },
  };
}
