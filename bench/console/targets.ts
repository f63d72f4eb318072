import { Agent, get } from "node:http";
import { performance } from "node:perf_hooks";
import type { Context } from "./context";
import { getSlowness, probeCpu, quantile, TOLERANCE, TRIES } from "./measure";
import { LARGEST } from "./sizes";

/** A request whose warm median has a fixed target on an idle machine, in milliseconds, HTTP included. */
export type Target = { title: string; path: (n: number) => string; ms: number };

const at = <T>(values: readonly T[], n: number): T => {
  const value = values[n % values.length];
  if (value === undefined) throw new Error("The data set has nothing to request.");
  return value;
};

/** The requests that are fast in every viewer. */
export const listTargets = ({ tasks, emitted, anywhere }: Context): Target[] => [
  { title: "newest tasks", path: () => "/api/tasks", ms: 6 },
  { title: "pending tasks", path: () => "/api/tasks?state=pending", ms: 6 },
  { title: "failed tasks, with their last attempts", path: () => "/api/tasks?state=failed", ms: 6 },
  {
    title: "one task",
    path: (n) => `/api/queues/${LARGEST}/tasks/${at(tasks, n)}`,
    ms: 3,
  },
  { title: "events", path: () => "/api/events", ms: 5 },
  {
    title: "one event by name",
    path: (n) => `/api/events?name=${encodeURIComponent(at(emitted, n))}`,
    ms: 3,
  },
  {
    title: "a task or run by its id",
    path: (n) => `/api/find?id=${at(anywhere, n).taskId}`,
    ms: 3,
  },
];

/** A route that does nothing: the cost of the HTTP server, the framework and the proxy. */
const FLOOR = "/api/health/live";

/** How far the framework's own time raises a target that it takes a third of, in milliseconds. */
const ABOVE_FLOOR = 2;

const CALLS = 80;

export type Try = { floor: number; probe: number; p50: number[] };

/** The best of several tries of one target. */
export type TargetResult = { title: string; target: number; p50: number; isMet: boolean };

/**
 * Requests each target one after another over one connection, without shared results, and the empty route between
 * them. Repeated if a target is missed, up to three times; the best try of each target counts.
 */
export async function measureTargets(
  url: string,
  targets: readonly Target[],
): Promise<{ floor: number; probe: number; results: TargetResult[] }> {
  const tries: Try[] = [];
  let results: TargetResult[] = [];
  do {
    tries.push(await measureOnce(url, targets));
    results = targets.map(({ title, ms }, index) => {
      const [best] = tries
        .map(({ floor, probe, p50 }) => ({
          target: getTarget(ms, floor, probe),
          p50: p50[index] ?? Number.NaN,
        }))
        .sort((a, b) => a.p50 / a.target - b.p50 / b.target);
      if (!best) throw new Error(`${title} was not measured`);
      return { title, ...best, isMet: best.p50 <= best.target * TOLERANCE };
    });
  } while (tries.length < TRIES && results.some(({ isMet }) => !isMet));
  return {
    floor: Math.min(...tries.map(({ floor }) => floor)),
    probe: Math.min(...tries.map(({ probe }) => probe)),
    results,
  };
}

/** The target on this machine, scaled by its processor's speed at the time. */
function getTarget(ms: number, floor: number, probe: number): number {
  const scaled = ms * getSlowness(probe);
  return floor > scaled / 3 ? Math.max(scaled, floor + ABOVE_FLOOR) : scaled;
}

async function measureOnce(url: string, targets: readonly Target[]): Promise<Try> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const floors: number[] = [];
  const p50: number[] = [];
  const before = probeCpu();
  for (const { path } of targets) {
    for (let n = 0; n < CALLS; n++) await request(agent, url + path(n));
    const latencies: number[] = [];
    for (let n = 0; n < CALLS; n++) {
      latencies.push(await request(agent, url + path(n)));
      floors.push(await request(agent, url + FLOOR));
    }
    p50.push(quantile(latencies, 0.5));
  }
  const probe = (before + probeCpu()) / 2;
  agent.destroy();
  return { floor: quantile(floors, 0.5), probe, p50 };
}

/** The milliseconds until the last byte of a response that shares no other request's result. */
function request(agent: Agent, url: string): Promise<number> {
  const headers = { "X-Bypass-Cache": "1", "Accept-Encoding": "gzip" };
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, (response) => {
      response.on("data", () => {});
      response.on("error", reject);
      response.on("end", () =>
        response.statusCode === 200
          ? resolve(performance.now() - begun)
          : reject(new Error(`${url} responded with ${response.statusCode}.`)),
      );
    }).on("error", reject);
  });
}
