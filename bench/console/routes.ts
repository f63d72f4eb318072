import { Agent, get } from "node:http";
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { getSlowness, quantile, TOLERANCE } from "./measure";

/** Throughput of a route with `connections` that each send the next request at once. */
export type Throughput = {
  path: string;
  perSecond: number;
  p50: number;
  p95: number;
  /** Responses that weren't 200 with complete JSON. */
  failed: number;
  /** How many times as long limits were on this machine at that time. */
  slowness: number;
};

/** Lower limit for the task list alone, in requests per second. */
const PER_SECOND = 500;
const CONNECTIONS = 20;
const SECONDS = 8;

/** Requests a route as fast as it responds, for a few seconds. */
export async function measureRoute(url: string, path: string): Promise<Throughput> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const latencies: number[] = [];
  let failed = 0;
  const ask = async (until: number) => {
    while (performance.now() < until) {
      const begun = performance.now();
      if (!(await answers(agent, url + path))) failed++;
      latencies.push(performance.now() - begun);
    }
  };
  const run = (seconds: number) => {
    const until = performance.now() + seconds * 1_000;
    return Promise.all(Array.from({ length: CONNECTIONS }, () => ask(until)));
  };
  await run(2);
  latencies.length = 0;
  failed = 0;
  await run(SECONDS);
  agent.destroy();
  return {
    path,
    perSecond: latencies.length / SECONDS,
    p50: quantile(latencies, 0.5),
    p95: quantile(latencies, 0.95),
    failed,
    slowness: getSlowness(),
  };
}

/** Limits that a route misses by more than the tolerance, if any. */
export function judgeRoute({ path, perSecond, failed, slowness }: Throughput): string[] {
  return [
    ...(perSecond < PER_SECOND / slowness / TOLERANCE
      ? [`${path}: ${perSecond.toFixed(0)} requests/s, limit ${PER_SECOND}`]
      : []),
    ...(failed > 0 ? [`${path}: ${failed} requests failed`] : []),
  ];
}

/** Database work while `browsers` browsers had the task list open. */
export type Watching = { browsers: number; transactions: number; pages: number; failed: number };

/** Maximum database work of fifty browsers relative to one. */
const SHARING = 1.2;
const INTERVAL = 2_000;
const WATCHED = 20_000;

/** Simulates browsers that request the newest tasks every two seconds, each with its own offset. */
export async function watchTasks(
  url: string,
  database: string,
  browsers: number,
): Promise<Watching> {
  const agent = new Agent({ keepAlive: true });
  const before = await getActivity(database);
  const until = performance.now() + WATCHED;
  let failed = 0;
  await Promise.all(
    Array.from({ length: browsers }, async (_, n) => {
      await pause((INTERVAL * n) / browsers);
      while (performance.now() < until) {
        const begun = performance.now();
        if (!(await answers(agent, `${url}/api/tasks`))) failed++;
        await pause(Math.max(0, INTERVAL - (performance.now() - begun)));
      }
    }),
  );
  agent.destroy();
  const after = await getActivity(database);
  return {
    browsers,
    transactions: after.transactions - before.transactions,
    pages: after.pages - before.pages,
    failed,
  };
}

/** Database work that grows with the number of browsers by more than the tolerance, and failed requests. */
export function judgeWatching([one, many]: Watching[]): string[] {
  if (!one || !many) return ["The list was not watched."];
  return [
    ...(["transactions", "pages"] as const).flatMap((key) =>
      many[key] > one[key] * SHARING * TOLERANCE
        ? [
            `${many.browsers} browsers: ${(many[key] / one[key]).toFixed(2)} times the ${key} of one`,
          ]
        : [],
    ),
    ...[one, many].flatMap(({ browsers, failed }) =>
      failed > 0 ? [`${browsers} browsers: ${failed} requests failed`] : [],
    ),
  ];
}

/** Idle sessions report their counters after ten seconds at the latest. */
async function getActivity(database: string): Promise<{ transactions: number; pages: number }> {
  await pause(11_000);
  const client = new Client({ connectionString: database });
  await client.connect();
  try {
    const { rows } = await client.query(`
      select xact_commit::float8 as transactions, (blks_hit + blks_read)::float8 as pages
      from pg_stat_database where datname = current_database()`);
    return rows[0];
  } finally {
    await client.end();
  }
}

function answers(agent: Agent, url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent }, (response) => {
      let last = "";
      response.on("data", (chunk: Buffer) => {
        last = chunk.subarray(-1).toString();
      });
      // A truncated response doesn't end like JSON.
      response.on("end", () => resolve(response.statusCode === 200 && last === "}"));
      response.on("error", () => resolve(false));
    });
    request.on("error", () => resolve(false));
  });
}
