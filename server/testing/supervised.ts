/** A supervised program for tests: two parts, of which the second is a real process; says "up" and what stops. */
import { startChild } from "@/server/child";
import { supervise } from "@/server/supervise";

const exitCode = await supervise(async (supervision) => {
  supervision.add({ name: "first", stop: async () => console.log("first stopped") });
  // It ignores being asked, so it has to be made to end.
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
