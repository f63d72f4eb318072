/** The cost of the same calls on our schema and on the original's, which its own command installs. */
import { performance } from "node:perf_hooks";
import { Client } from "pg";
import type { EmbeddedServer } from "@/demo/postgres/embedded";
import { absurdctl, installPackages } from "@/drizzle/engine/tests/original/packages";
import { migrate } from "@/lib/db/migrate";
import { createIdFunction, loadFinishedTasks } from "./load";
import { quantile } from "./measure";
import { FURTHER_OPERATIONS, loadSleepers, OPERATIONS, type Operation, tidyUp } from "./operations";

const QUEUE = "small";
const FINISHED = 10_000;

/** Pairs of calls of each kind. */
const PAIRS = 400;

type Cost = {
  /** Median microseconds of the server for one call, without the commit and the connection. */
  server: number;
  /** Median microseconds of one call with its commit, as a client sees it. */
  client: number;
};

export type Beside = {
  title: string;
  ours: Cost;
  original: Cost;
  /** How many times as many calls per second as the original, by the server's time. */
  ratio: number;
};

/** Fills two databases of the server equally, one with each schema, and returns their sessions. */
export async function openBoth(
  server: EmbeddedServer,
): Promise<{ ours: Client; original: Client }> {
  await installPackages();
  const open = async (name: string, install: (client: Client, url: string) => Promise<unknown>) => {
    const maintenance = new Client({ connectionString: server.url("postgres") });
    await maintenance.connect();
    await maintenance.query(`create database ${name}`);
    await maintenance.end();
    const client = new Client({ connectionString: server.url(name) });
    await client.connect();
    await install(client, server.url(name));
    await createIdFunction(client);
    await loadFinishedTasks(client, QUEUE, FINISHED);
    await loadSleepers(client);
    return client;
  };
  return {
    ours: await open("ours", (client) => migrate(client, "engine")),
    original: await open("original", (_, url) => absurdctl(url, "init")),
  };
}

/** Measures every operation on both, call by call in turns, so that other load on the machine favours neither. */
export async function compareWithOriginal(
  { ours, original }: { ours: Client; original: Client },
  only: string,
): Promise<Beside[]> {
  const results: Beside[] = [];
  for (const operation of [...OPERATIONS, ...FURTHER_OPERATIONS]) {
    if (!operation.title.includes(only)) continue;
    const server = await alternate(ours, original, operation, measureServer);
    const client = await alternate(ours, original, operation, measureClient);
    results.push({
      title: operation.title,
      ours: { server: server.ours, client: client.ours },
      original: { server: server.original, client: client.original },
      ratio: server.original / server.ours,
    });
  }
  return results;
}

type Measure = (client: Client, call: { text: string; values: unknown[] }) => Promise<number>;

async function alternate(ours: Client, original: Client, operation: Operation, measure: Measure) {
  const calls = {
    ours: await operation.prepare(ours, QUEUE, PAIRS),
    original: await operation.prepare(original, QUEUE, PAIRS),
  };
  const times = { ours: [] as number[], original: [] as number[] };
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const order =
      pair % 2 === 0 ? (["ours", "original"] as const) : (["original", "ours"] as const);
    for (const which of order) {
      const call = calls[which][pair];
      if (!call) throw new Error(`${operation.title} prepared too few calls`);
      const client = which === "ours" ? ours : original;
      if (operation.before) await client.query(operation.before);
      times[which].push(await measure(client, call));
    }
  }
  await tidyUp(ours, QUEUE);
  await tidyUp(original, QUEUE);
  return { ours: quantile(times.ours, 0.5), original: quantile(times.original, 0.5) };
}

const measureServer: Measure = async (client, { text, values }) => {
  const { rows } = await client.query(`explain (analyze, timing off, format json) ${text}`, values);
  return rows[0]["QUERY PLAN"][0]["Execution Time"] * 1_000;
};

const measureClient: Measure = async (client, call) => {
  const started = performance.now();
  await client.query(call);
  return (performance.now() - started) * 1_000;
};
