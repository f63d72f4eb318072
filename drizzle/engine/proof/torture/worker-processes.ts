import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const WORKER = fileURLToPath(new URL("worker.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

export type Workers = {
  /** Kills a worker with SIGKILL. */
  kill: (id: string) => void;
  /** The workers' output on standard error. */
  errors: string[];
  /** Ends all workers and waits for their exit. */
  stop: () => Promise<void>;
};

/**
 * Starts the worker processes, and a new one for each that ends. They end with this process, even if it is killed.
 */
export function startWorkers(size: number, workerArguments: (id: string) => string[]): Workers {
  const workers = new Map<string, ChildProcess>();
  const gone: Promise<unknown>[] = [];
  const errors: string[] = [];
  let started = 0;
  let stopped = false;
  const startWorker = () => {
    started += 1;
    const id = `worker-${started}`;
    const worker = spawn(process.execPath, ["--import", "tsx", WORKER, ...workerArguments(id)], {
      cwd: ROOT,
      stdio: ["pipe", "ignore", "pipe"],
    });
    worker.stderr.on("data", (text) => errors.push(String(text)));
    workers.set(id, worker);
    gone.push(
      new Promise<void>((resolve) =>
        worker.once("exit", () => {
          workers.delete(id);
          if (!stopped) startWorker();
          resolve();
        }),
      ),
    );
  };
  for (let index = 0; index < size; index += 1) startWorker();

  return {
    kill: (id) => workers.get(id)?.kill("SIGKILL"),
    errors,
    stop: async () => {
      stopped = true;
      for (const worker of workers.values()) worker.kill("SIGKILL");
      await Promise.all(gone);
    },
  };
}
