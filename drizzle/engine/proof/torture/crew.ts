import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const WORKER = fileURLToPath(new URL("worker.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

export type Crew = {
  /** Kills one worker with SIGKILL, which it cannot notice. */
  killOne: () => void;
  /** What workers complained about. */
  complaints: string[];
  /** Ends all of them and waits until they are gone. */
  dismiss: () => Promise<void>;
};

/**
 * Starts the worker processes, and a new one for each that ends. They also end when this process does, however it
 * does.
 */
export function startCrew(size: number, workerArguments: (id: string) => string[]): Crew {
  const workers = new Set<ChildProcess>();
  const gone: Promise<unknown>[] = [];
  const complaints: string[] = [];
  let hired = 0;
  let dismissed = false;
  const hire = () => {
    hired += 1;
    const worker = spawn(
      process.execPath,
      ["--import", "tsx", WORKER, ...workerArguments(`worker-${hired}`)],
      { cwd: ROOT, stdio: ["pipe", "ignore", "pipe"] },
    );
    worker.stderr.on("data", (text) => complaints.push(String(text)));
    workers.add(worker);
    gone.push(
      new Promise<void>((resolve) =>
        worker.once("exit", () => {
          workers.delete(worker);
          if (!dismissed) hire();
          resolve();
        }),
      ),
    );
  };
  for (let index = 0; index < size; index += 1) hire();

  return {
    killOne: () => {
      const among = [...workers];
      among[Math.floor(Math.random() * among.length)]?.kill("SIGKILL");
    },
    complaints,
    dismiss: async () => {
      dismissed = true;
      for (const worker of workers) worker.kill("SIGKILL");
      await Promise.all(gone);
    },
  };
}
