/** A worker process of the original's npm SDK. Arguments: database URL, queue, worker id. */
import { setTimeout } from "node:timers/promises";
import { Absurd } from "absurd-sdk";

const [url = "", queueName = "", workerId = ""] = process.argv.slice(2);
const silent = () => {};
const app = new Absurd({
  db: url,
  queueName,
  log: { log: silent, info: silent, warn: silent, error: silent },
});
const failed = new Set<number>();

app.registerTask<{ n: number }>({ name: "order" }, async ({ n }, ctx) => {
  const charged = await ctx.step("charge", async () => {
    console.log("charging", n);
    await setTimeout(50);
    return { charged: n * 2 };
  });
  if (n % 5 === 0 && !failed.has(n)) {
    failed.add(n);
    throw new Error("failed on purpose");
  }
  await ctx.sleepFor("pause", 0.3);
  const approval = await ctx.awaitEvent(`approved:${n}`, { timeout: 120 });
  return { ...charged, by: Object(approval).by, worker: workerId };
});

process.stdin.on("end", () => process.exit()).resume();
await app.startWorker({ workerId, claimTimeout: 3, concurrency: 2, pollInterval: 0.1 });
