/** `npm run demo`: the dashboard on a living system, from a fresh clone. */
import { Command, InvalidArgumentError } from "commander";
import { stage } from "@/demo/stage";
import { DEFAULT_DATA_DIR, startSystem } from "@/demo/system";
import { suggestTour } from "@/demo/tour";
import { startWeb } from "@/demo/web";
import { build, isBuilt } from "@/server/build";
import { supervise } from "@/server/supervise";

const { fresh, port, dataDir } = new Command("npm run demo --")
  .description("Shows the dashboard on an embedded PostgreSQL with real workers.")
  .option("--fresh", "delete the data of earlier runs and start over", false)
  .option("--port <number>", "port of the dashboard; a taken one moves to the next", toPort, 3000)
  .option("--data-dir <path>", "where the data is kept", DEFAULT_DATA_DIR)
  .parse()
  .opts<{ fresh: boolean; port: number; dataDir: string }>();

const exitCode = await supervise(async (supervision) => {
  const { signal } = supervision;
  const databaseUrl = await startSystem({ dataDir, fresh }, supervision);
  // Empty rather than absent, so that Next doesn't fill it in from a .env file meant for another database.
  process.env.DATABASE_READ_URL = "";
  signal.throwIfAborted();
  if (await isBuilt()) console.log("▸ The dashboard is built already");
  else await stage("Building the dashboard", () => build({ databaseUrl, signal }));
  signal.throwIfAborted();
  const web = await stage("Starting the dashboard", () =>
    startWeb({ mode: "start", port, databaseUrl, signal }),
  );
  supervision.add({ name: "dashboard", ...web });
  if (web.port !== port) console.log(`  port ${port} is taken; this is ${web.port}`);
  console.log(`\n  The dashboard is at ${web.url}\n\n  What to try first:\n`);
  console.log(await suggestTour(databaseUrl, web.url));
  console.log("\n  Ctrl-C stops everything; the data stays for the next run.\n");
});
process.exit(exitCode);

function toPort(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0 && value < 65_536) return value;
  throw new InvalidArgumentError("A port is a number from 1 to 65535.");
}
