import { homedir } from "node:os";
import path from "node:path";
import { isPackaged } from "@/server/program";
import { supervise } from "@/server/supervise";
import { providePostgres } from "./postgres/provide";
import { stage } from "./stage";
import { startSystem } from "./system";
import { suggestTour } from "./tour";
import { startWeb } from "./web";

/** The demo's data directory: beside the sources in a checkout, otherwise with the user's other data. */
export const DEFAULT_DATA_DIR = isPackaged
  ? path.join(
      process.env.XDG_DATA_HOME || path.join(homedir(), ".local/share"),
      "absurd-dashboard/demo",
    )
  : ".data/demo";

/**
 * Runs the dashboard on an embedded PostgreSQL with two weeks of history and real workers, until it receives a stop
 * signal.
 *
 * @param build creates the production build to serve, if there is none.
 * @returns the exit code.
 */
export function runDemo(
  options: { fresh: boolean; port: number; dataDir?: string },
  build: (databaseUrl: string, signal: AbortSignal) => Promise<void> = async () => {},
): Promise<number> {
  const { fresh, port, dataDir = DEFAULT_DATA_DIR } = options;
  return supervise(async (supervision) => {
    const { signal } = supervision;
    await providePostgres(signal);
    const databaseUrl = await startSystem({ dataDir, fresh }, supervision);
    // Empty rather than absent, so that it isn't set from a .env file meant for another database.
    process.env.DATABASE_READ_URL = "";
    signal.throwIfAborted();
    await build(databaseUrl, signal);
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
}
