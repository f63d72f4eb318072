/** `npm run demo`: the dashboard with a running system, from a fresh clone. */
import { Command, InvalidArgumentError } from "commander";
import { DEFAULT_DATA_DIR, runDemo } from "@/demo/run";
import { stage } from "@/demo/stage";
import { build, isBuilt } from "@/server/build";

const options = new Command("npm run demo --")
  .description("Shows the dashboard on an embedded PostgreSQL with real workers.")
  .option("--fresh", "delete the data of earlier runs and start over", false)
  .option("--port <number>", "port of the dashboard; a taken one moves to the next", toPort, 3000)
  .option("--data-dir <path>", "where the data is kept", DEFAULT_DATA_DIR)
  .parse()
  .opts<{ fresh: boolean; port: number; dataDir: string }>();

const exitCode = await runDemo(options, async (databaseUrl, signal) => {
  if (await isBuilt()) console.log("▸ The dashboard is built already");
  else await stage("Building the dashboard", () => build({ databaseUrl, signal }));
});
process.exit(exitCode);

function toPort(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0 && value < 65_536) return value;
  throw new InvalidArgumentError("A port is a number from 1 to 65535.");
}
