import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const WORKER = fileURLToPath(new URL("worker.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

export type Crew = {
  /** Kills a worker with SIGKILL. */
  kill: (id: string) => void;
  /** What workers wrote to standard error. */
  complaints: string[];
  /** Ends all workers and waits for their exit. */
  dismiss: () => Promise<void>;
};

/**
 * Starts the worker processes, and a new one for each that ends. They end with this process, even if it is killed.
 */
export function startCrew(size: number, workerArguments: (id: string) => string[]): Crew {
  const workers = new Map<string, ChildProcess>();
  const gone: Promise<unknown>[] = [];
  const complaints: string[] = [];
  let hired = 0;
  let dismissed = false;
  const hire = () => {
    hired += 1;
    const id = `worker-${hired}`;
    const worker = spawn(process.execPath, ["--import", "tsx", WORKER, ...workerArguments(id)], {
      cwd: ROOT,
      stdio: ["pipe", "ignore", "pipe"],
    });
    worker.stderr.on("data", (text) => complaints.push(String(text)));
    workers.set(id, worker);
    gone.push(
      new Promise<void>((resolve) =>
        worker.once("exit", () => {
          workers.delete(id);
          if (!dismissed) hire();
          resolve();
        }),
      ),
    );
  };
  for (let index = 0; index < size; index += 1) hire();

  return {
    kill: (id) => workers.get(id)?.kill("SIGKILL"),
    complaints,
    dismiss: async () => {
      dismissed = true;
      for (const worker of workers.values()) worker.kill("SIGKILL");
      await Promise.all(gone);
    },
  };
}
