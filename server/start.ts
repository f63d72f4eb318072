/** `npm start`: serves the built dashboard on the database of `DATABASE_URL`, in which it changes nothing. */
import { existsSync } from "node:fs";
import { EnvironmentError, getEnvironment } from "@/lib/db/env";
import { NEXT } from "@/server/build";
import { startChild } from "@/server/child";
import { supervise } from "@/server/supervise";

const { HOST, PORT } = settings();
if (!existsSync(".next/BUILD_ID")) fail('There is no build yet. Run "npm run build" first.');

const exitCode = await supervise(async (supervision) => {
  const child = await startChild({
    args: [NEXT, "start", "-H", HOST, "-p", String(PORT)],
    env: { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
  });
  supervision.add({ name: "dashboard", stop: child.stop, ended: child.ended });
});
process.exit(exitCode);

function settings() {
  try {
    return getEnvironment();
  } catch (error) {
    if (error instanceof EnvironmentError) return fail(error.message);
    throw error;
  }
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
