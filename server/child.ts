import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const LEASH = new URL("leash.mjs", import.meta.url).href;
/** Longer than the leash waits before it kills the group. Milliseconds. */
const PATIENCE = 10_000;

export type ChildOptions = {
  /** Arguments for Node: flags, the script, its arguments. */
  args: string[];
  env?: Record<string, string>;
  /** File for its output; without it, the process shares our output. */
  logFile?: string;
};

export type Child = {
  pid: number;
  /** Resolves when the process has exited: to its exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>;
  /** Ends the process and its descendants, and waits until all have exited. */
  stop: () => Promise<void>;
};

/**
 * Starts a Node program in the project's folder, in its own process group, so that Ctrl-C in a terminal only reaches
 * this process. It ends when this process ends, even by SIGKILL (see `leash.mjs`).
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const log = options.logFile === undefined ? "inherit" : openSync(options.logFile, "a");
  const { DEMO_LEASH: _, ...env } = process.env;
  const child = spawn(process.execPath, ["--import", LEASH, ...options.args], {
    cwd: ROOT,
    detached: true,
    env: { ...env, ...options.env },
    stdio: ["pipe", log, log],
  });
  if (typeof log === "number") closeSync(log);
  await once(child, "spawn");
  const pid = child.pid ?? 0;
  child.stdin?.on("error", () => {});
  const ended = new Promise<number | NodeJS.Signals>((resolve) =>
    child.once("exit", (code, signal) => resolve(signal ?? code ?? 0)),
  );
  const stop = async () => {
    child.stdin?.end();
    const force = setTimeout(() => killGroup(pid), PATIENCE);
    await ended;
    clearTimeout(force);
    // The leader has exited; end what is left in its group.
    killGroup(pid);
  };
  return { pid, ended, stop };
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // The group is empty.
  }
}
