/**
 * A supervised program for tests with two parts, the second of which is a real process. Prints "up", and the parts that
 * stop.
 */
import { startChild } from "@/server/child";
import { supervise } from "@/server/supervise";

const exitCode = await supervise(async (supervision) => {
  supervision.add({ name: "first", stop: async () => console.log("first stopped") });
  // It ignores SIGTERM, so it has to be killed.
  const child = await startChild({
    args: ["-e", 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)'],
  });
  supervision.add({
    name: "second",
    ended: child.ended,
    stop: async () => {
      await child.stop();
      console.log("second stopped");
    },
  });
  console.log(`up ${child.pid}`);
});
process.exit(exitCode);
