/** The cost of the same calls on our schema and on the original's, which its own command installs. */
import { spawnSync } from "node:child_process";
import { performance } from "node:perf_hooks";
import { Client } from "pg";
import type { EmbeddedServer } from "@/demo/postgres/embedded";
import { absurdctl, installPackages } from "@/drizzle/engine/tests/original/packages";
import { migrate } from "@/lib/db/migrate";
import { createIdFunction, loadFinishedTasks } from "./load";
import { quantile } from "./measure";
import {
  type Call,
  FURTHER_OPERATIONS,
  loadSleepers,
  OPERATIONS,
  type Operation,
  tidyUp,
} from "./operations";

const QUEUE = "small";
const FINISHED = 10_000;

/** Calls of each kind in one round, and rounds. */
const CALLS = 400;
const ROUNDS = 3;

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
  /** How many times as many calls per second as the original, by the server's time: the median of the rounds. */
  ratio: number;
  /** The least `ratio` that is accepted. */
  least: number;
  /** The same as `ratio` of a second installation of the original, which differs from 1 by what measuring adds. */
  equal: number;
};

const NAMES = ["ours", "original", "again"] as const;

type Name = (typeof NAMES)[number];

/** Sessions on databases with the same content: our schema, the original's, and the original's once more. */
export type Sessions = Record<Name, Client>;

/** Fills three databases of the server equally, and returns their sessions. */
export async function openAll(server: EmbeddedServer): Promise<Sessions> {
  await installPackages();
  await stopAutovacuum(server);
  const open = async (name: Name, install: (client: Client, url: string) => Promise<unknown>) => {
    const maintenance = new Client({ connectionString: server.url("postgres") });
    await maintenance.connect();
    await maintenance.query(`create database ${name}`);
    await maintenance.end();
    const client = new Client({ connectionString: server.url(name) });
    await client.connect();
    await keepOnOneProcessor(client);
    await install(client, server.url(name));
    await createIdFunction(client);
    await loadFinishedTasks(client, QUEUE, FINISHED);
    await loadSleepers(client);
    return client;
  };
  return {
    ours: await open("ours", (client) => migrate(client, "engine")),
    original: await open("original", (_, url) => absurdctl(url, "init")),
    again: await open("again", (_, url) => absurdctl(url, "init")),
  };
}

/** Each operation begins with a vacuum instead: at different moments on each database, it would change plans on some. */
async function stopAutovacuum(server: EmbeddedServer): Promise<void> {
  const client = new Client({ connectionString: server.url("postgres") });
  await client.connect();
  await client.query("alter system set autovacuum = off");
  await client.query("select pg_reload_conf()");
  await client.end();
}

/**
 * Runs a session on the same processor as the others: on a shared host one may be half as fast as the next, and a session
 * hardly changes it. Without `taskset`, on any.
 */
async function keepOnOneProcessor(client: Client): Promise<void> {
  const { rows } = await client.query("select pg_backend_pid() as pid");
  spawnSync("taskset", ["-pc", "0", String(rows[0].pid)]);
}

/** Measures every operation on all, call by call in turns, so that other load on the machine favours none. */
export async function compareWithOriginal(sessions: Sessions, only: string): Promise<Beside[]> {
  const results: Beside[] = [];
  for (const operation of [...OPERATIONS, ...FURTHER_OPERATIONS]) {
    if (!operation.title.includes(only)) continue;
    const rounds: Record<Name, number>[] = [];
    for (let round = 0; round < ROUNDS; round += 1)
      rounds.push(await measureInTurns(sessions, operation, measureServer));
    const client = await measureInTurns(sessions, operation, measureClient);
    const median = (figure: (round: Record<Name, number>) => number) =>
      quantile(rounds.map(figure), 0.5);
    results.push({
      title: operation.title,
      ours: { server: median(({ ours }) => ours), client: client.ours },
      original: { server: median(({ original }) => original), client: client.original },
      ratio: median(({ ours, original }) => original / ours),
      least: operation.least ?? 1,
      equal: median(({ again, original }) => original / again),
    });
  }
  return results;
}

type Measure = (client: Client, call: Call) => Promise<number>;

/** The median time of a call on each database. */
async function measureInTurns(
  sessions: Sessions,
  operation: Operation,
  measure: Measure,
): Promise<Record<Name, number>> {
  const prepare = async (name: Name) => {
    const calls = await operation.prepare(sessions[name], QUEUE, CALLS);
    // As autovacuum does, and on all at the same moment: with other statistics, a statement may get another plan.
    await sessions[name].query("vacuum (analyze)");
    return calls;
  };
  const calls = {
    ours: await prepare("ours"),
    original: await prepare("original"),
    again: await prepare("again"),
  };
  const times: Record<Name, number[]> = { ours: [], original: [], again: [] };
  for (let turn = 0; turn < CALLS; turn += 1) {
    const first = turn % NAMES.length;
    for (const name of [...NAMES.slice(first), ...NAMES.slice(0, first)]) {
      const call = calls[name][turn];
      if (!call) throw new Error(`${operation.title} prepared too few calls`);
      if (operation.before) await sessions[name].query(operation.before);
      times[name].push(await measure(sessions[name], call));
    }
  }
  for (const name of NAMES) await tidyUp(sessions[name], QUEUE);
  return {
    ours: quantile(times.ours, 0.5),
    original: quantile(times.original, 0.5),
    again: quantile(times.again, 0.5),
  };
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
