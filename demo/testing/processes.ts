import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

type ProcessEntry = { pid: number; parent: number };

/** All living descendants of a process, for tests that verify that none is left behind. */
export function descendantsOf(pid: number): number[] {
  const all = listProcesses();
  const found = [pid];
  for (const ancestor of found)
    found.push(...all.filter(({ parent }) => parent === ancestor).map((entry) => entry.pid));
  return found.slice(1);
}

function listProcesses(): ProcessEntry[] {
  if (!existsSync("/proc/self/stat"))
    return execFileSync("ps", ["-axo", "pid=,ppid="], { encoding: "utf8" })
      .trim()
      .split("\n")
      .map((line) => line.trim().split(/\s+/).map(Number))
      .map(([pid = 0, parent = 0]) => ({ pid, parent }));
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const [, parent] = /\) \w (\d+)/s.exec(readFileSync(`/proc/${name}/stat`, "utf8")) ?? [];
        return [{ pid: Number(name), parent: Number(parent) }];
      } catch {
        // It exited in between.
        return [];
      }
    });
}
