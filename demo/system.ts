import path from "node:path";
import { DataDirectoryError } from "@/demo/postgres/errors";
import { removeCluster } from "@/demo/postgres/remove";
import type { Supervision } from "@/server/supervise";
import { prepareDatabase, prepareQueues, startServer } from "./database";
import { FLEET, startFleet } from "./fleet";
import { stage } from "./stage";

/**
 * Starts everything in the demo except the dashboard: the database with its history, the workers and the traffic. Each
 * part is registered with the supervisor as soon as it runs.
 *
 * @returns the connection string of the demo's database.
 */
export async function startSystem(
  options: { dataDir: string; fresh: boolean },
  supervision: Supervision,
): Promise<string> {
  const { signal } = supervision;
  const dataDir = path.resolve(options.dataDir);
  try {
    if (options.fresh) await stage(`Removing the data in ${dataDir}`, () => removeCluster(dataDir));
    const databaseUrl = await stage(`Starting PostgreSQL on ${dataDir}`, async (say) => {
      const server = await startServer({ dataDir, signal, onStage: (line) => say(wording(line)) });
      supervision.add({ name: "database", stop: server.stop, ended: server.ended });
      signal.throwIfAborted();
      return prepareDatabase(server);
    });
    signal.throwIfAborted();
    await stage("Looking for the company's past", async (say) => {
      const tasks = await prepareQueues(databaseUrl);
      say(tasks > 0 ? `wrote ${tasks} tasks of the last two weeks` : "found it, work resumes");
    });
    signal.throwIfAborted();
    await stage(`Starting ${FLEET.length} workers and the traffic`, async () => {
      const fleet = await startFleet({ databaseUrl, logFile: path.join(dataDir, "workers.log") });
      supervision.add({ name: "workers", stop: fleet.stop });
    });
    return databaseUrl;
  } catch (error) {
    if (error instanceof DataDirectoryError) throw new Error(`${error.message} ${remedy(error)}`);
    throw error;
  }
}

function wording(line: string): string {
  const words: Record<string, string> = {
    initialising: "creating the database cluster",
    starting: "starting the server",
    ready: "accepting connections",
  };
  return words[line] ?? line;
}

function remedy({ problem }: DataDirectoryError): string {
  switch (problem) {
    case "in-use":
      return "Stop the other demo first, or give this one a place of its own with --data-dir.";
    case "other-version":
      return "Start over with --fresh (it deletes the demo's data), or use another --data-dir.";
    case "not-a-cluster":
      return "Choose another --data-dir, or move the files away.";
    case "no-permission":
      return "Choose a --data-dir that you can write to.";
    case "disk-full":
      return "Free some space (the demo needs about 300 MB), or choose another --data-dir.";
    case "port-in-use":
      return "Run the command again to try another port.";
    case "unknown":
      return "If the data is damaged, --fresh starts over (it deletes the demo's data).";
  }
}
