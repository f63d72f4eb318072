import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";

/** Milliseconds of sequential calls. */
export type Latencies = { p50: number; p95: number; calls: number };

/** Repeats a call, passing its number, until there are enough calls or the time is used up; `before` is not measured. */
export async function measure(
  call: (n: number) => Promise<unknown>,
  {
    calls,
    milliseconds,
    before,
  }: { calls: number; milliseconds: number; before?: () => Promise<unknown> },
): Promise<Latencies> {
  const latencies: number[] = [];
  const deadline = performance.now() + milliseconds;
  for (let n = 0; n < calls && (n < 5 || performance.now() < deadline); n++) {
    await before?.();
    const begun = performance.now();
    await call(n);
    latencies.push(performance.now() - begun);
  }
  return { p50: quantile(latencies, 0.5), p95: quantile(latencies, 0.95), calls: latencies.length };
}

/** The value that this share of the values doesn't exceed. */
export function quantile(values: number[], share: number): number {
  const ordered = [...values].sort((a, b) => a - b);
  return ordered[Math.max(0, Math.ceil(ordered.length * share) - 1)] ?? Number.NaN;
}

/** A figure may miss its limit by this factor, in the best of three tries. */
export const TOLERANCE = 1.25;
export const TRIES = 3;

/** Measures until nothing exceeds its limit, at most three times; the try with the fewest problems counts. */
export async function tryThrice<T>(
  measureAll: () => Promise<T>,
  judge: (result: T) => string[],
): Promise<{ result: T; problems: string[] }> {
  for (let tries = 1, best: { result: T; problems: string[] } | undefined; ; tries++) {
    const result = await measureAll();
    const problems = judge(result);
    if (!best || problems.length < best.problems.length) best = { result, problems };
    if (best.problems.length === 0 || tries === TRIES) return best;
  }
}

/** How long `probeCpu` takes on the machine of the published figures with nothing else running, in milliseconds. */
const REFERENCE_PROBE = 9;

/** How many times as long a target is on this machine, from the time of its probe. */
export function getSlowness(probe: number = probeCpu()): number {
  return Math.max(1, probe / REFERENCE_PROBE);
}

/** How many processors are probed at most. */
const PROBED = 4;

/**
 * Milliseconds for a fixed computation, printing and parsing JSON: the mean of the processors, of which one may be half as
 * fast as another on a shared host, while the server and the database use both. Without `taskset`, of any processor.
 */
export function probeCpu(): number {
  const count = Math.min(availableParallelism(), PROBED);
  const times = Array.from({ length: count }, (_, n) => {
    const script = `console.log((${computeRepeatedly})())`;
    const { stdout } = spawnSync("taskset", ["-c", `${n}`, process.execPath, "-e", script]);
    return Number.parseFloat(`${stdout}`) || computeRepeatedly();
  });
  return times.reduce((sum, time) => sum + time, 0) / count;
}

/** The median time of a computation. Its text is run in another process, so it refers to nothing. */
function computeRepeatedly(): number {
  const rows = Array.from({ length: 2_000 }, (_, n) => ({ n, name: `row ${n}`, at: [n, n / 7] }));
  const times = Array.from({ length: 15 }, () => {
    const begun = performance.now();
    for (let n = 0; n < 10; n++) JSON.parse(JSON.stringify(rows));
    return performance.now() - begun;
  });
  return times.sort((a, b) => a - b)[7] ?? Number.NaN;
}

/** CPU milliseconds since the start, of the database's processes and of this process. */
export type Cpu = { server: number; dashboard: number };

/**
 * CPU time spent. Unlike elapsed time, it is hardly affected by other work on the machine. Without a Linux `/proc`, the
 * server's value is NaN.
 */
export function measureCpu(directory: string): Cpu {
  const { user, system } = process.cpuUsage();
  return { server: measureServer(directory), dashboard: (user + system) / 1_000 };
}

function measureServer(directory: string): number {
  try {
    const [postmaster] = readFileSync(path.join(directory, "pgdata/postmaster.pid"), "utf8").split(
      "\n",
    );
    let nanoseconds = 0;
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name)))
      if (parentOf(pid) === postmaster)
        nanoseconds += Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[0]);
    return nanoseconds / 1_000_000;
  } catch {
    return Number.NaN;
  }
}

/** The fourth field. The second one, a name in brackets, can contain spaces. */
function parentOf(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[1];
  } catch {
    return undefined;
  }
}
