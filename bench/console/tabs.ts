import { readFile } from "node:fs/promises";
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import type { EmbeddedServer } from "@/demo/postgres/embedded";
import { createQueue } from "@/lib/absurd/queues/queues";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { migrate } from "@/lib/db/migrate";
import { TOLERANCE } from "./measure";
import { connect } from "./server";

/** Cost of open tabs while a list changes twenty times a second, and the age of what they show. */
export type OpenTabs = {
  tabs: number;
  /** The dashboard's statements per minute in the database. */
  statements: number;
  requests: number;
  /** Maximum age of the oldest row that a tab showed, in milliseconds. */
  oldestRow: number;
  failed: number;
};

/** Maximum database work of twenty tabs relative to one. */
const SHARING = 1.2;

/** Maximum age of an unmarked row in milliseconds: the refresh interval and a tolerance. */
const ROW_AGE = 5_000 + 2_000;

const DATABASE = "live_tabs";
const QUEUE = "orders";
const INTERVAL = 5_000;
const SECONDS = 60;
const PER_SECOND = 20;

/** Creates a database whose statements are logged with the program's name. */
export async function createTabsDatabase(server: EmbeddedServer): Promise<string> {
  const maintenance = await connect(server, "postgres");
  await maintenance.query(`drop database if exists ${DATABASE} with (force)`);
  await maintenance.query(`create database ${DATABASE}`);
  await maintenance.query(`alter database ${DATABASE} set log_statement = 'all'`);
  await maintenance.query("alter system set log_line_prefix = '%a: '");
  await maintenance.query("select pg_reload_conf()");
  await maintenance.end();
  const client = await connect(server, DATABASE);
  await migrate(client, "engine");
  await migrate(client, "dashboard");
  await createQueue(client, QUEUE);
  for (let n = 0; n < 100; n++) await spawnTask(client, QUEUE, "ship", { n });
  await client.end();
  return server.url(DATABASE);
}

/** Drops the database, and restores logging. */
export async function dropTabsDatabase(server: EmbeddedServer): Promise<void> {
  const maintenance = await connect(server, "postgres");
  await maintenance.query(`drop database if exists ${DATABASE} with (force)`);
  await maintenance.query("alter system reset log_line_prefix");
  await maintenance.query("select pg_reload_conf()");
  await maintenance.end();
}

/** Keeps tabs open for a minute, each with its own offset, like `components/layout/live/push.tsx` does in a browser. */
export async function openTabs(
  url: string,
  databaseUrl: string,
  logFile: string,
  count: number,
): Promise<OpenTabs> {
  const stop = new AbortController();
  const tabs = Array.from({ length: count }, (_, n) => new Tab(url, (INTERVAL * n) / count));
  const following = tabs.map((tab) => tab.follow(stop.signal));
  const writer = new Client({ connectionString: databaseUrl });
  await writer.connect();
  await pause(3_000);
  const before = await countStatements(logFile);
  const until = performance.now() + SECONDS * 1_000;
  let oldestRow = 0;
  for (let n = 1; performance.now() < until; n++) {
    await spawnTask(writer, QUEUE, "ship", { n });
    oldestRow = Math.max(oldestRow, ...tabs.map((tab) => tab.age()));
    await pause(
      Math.max(0, (n * 1_000) / PER_SECOND - (performance.now() - until + SECONDS * 1_000)),
    );
  }
  const after = await countStatements(logFile);
  stop.abort();
  await Promise.all(following);
  await writer.end();
  return {
    tabs: count,
    statements: ((after - before) * 60) / SECONDS,
    requests: tabs.reduce((sum, tab) => sum + tab.requests, 0),
    oldestRow,
    failed: tabs.reduce((sum, tab) => sum + tab.failed, 0),
  };
}

/** Limits that open tabs exceed by more than the tolerance, if any. */
export function judgeTabs([one, many]: OpenTabs[]): string[] {
  if (!one || !many) return ["No tabs were opened."];
  return [
    ...(many.statements > one.statements * SHARING * TOLERANCE
      ? [`${many.tabs} tabs: ${many.statements} statements a minute, one: ${one.statements}`]
      : []),
    ...[one, many].flatMap(({ tabs, oldestRow, failed }) => [
      ...(oldestRow > ROW_AGE * TOLERANCE
        ? [`${tabs} tabs: a row was ${oldestRow.toFixed(0)} ms old`]
        : []),
      ...(failed > 0 ? [`${tabs} tabs: ${failed} requests failed`] : []),
    ]),
  ];
}

async function countStatements(logFile: string): Promise<number> {
  const log = await readFile(logFile, "utf8");
  return log.match(/^absurd-dashboard reader: LOG: {2}(statement|execute)/gm)?.length ?? 0;
}

/** One open list: it shows the rows that were newest when it was opened. */
class Tab {
  requests = 0;
  failed = 0;
  #rows: { queue: string; taskId: string }[] = [];
  #readAt = performance.now();
  #refreshing = false;
  #next = 0;
  #turn = 0;
  #etags = new Map<string, string>();

  constructor(
    readonly url: string,
    readonly offset: number,
  ) {}

  age(): number {
    return performance.now() - this.#readAt;
  }

  async follow(signal: AbortSignal): Promise<void> {
    await pause(this.offset);
    await this.#refresh();
    try {
      const stream = await fetch(`${this.url}/api/live`, { signal });
      const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const part = await reader?.read();
        if (!part || part.done) return;
        for (const [, turn] of part.value.matchAll(/"turn":(\d+)/g)) void this.#hear(Number(turn));
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** The first change at once, further ones at the interval, in the same seconds as in all tabs. */
  async #hear(turn: number): Promise<void> {
    this.#turn = turn;
    if (performance.now() >= this.#next || turn % (INTERVAL / 1_000) === 0) await this.#refresh();
  }

  async #refresh(): Promise<void> {
    if (this.#refreshing) return;
    this.#refreshing = true;
    this.#next = performance.now() + INTERVAL;
    const begun = performance.now();
    const page = (await this.#get("/api/tasks")) as
      | { rows: { queue: string; taskId: string }[] }
      | undefined;
    if (this.#rows.length === 0) this.#rows = page?.rows ?? [];
    const ids = this.#rows.map(({ taskId }) => taskId).join(",");
    await this.#get(`/api/tasks/rows?rows=${QUEUE}:${ids}`);
    this.#readAt = begun;
    this.#refreshing = false;
  }

  async #get(path: string): Promise<unknown> {
    this.requests++;
    const etag = this.#etags.get(path);
    const response = await fetch(this.url + path, {
      headers: { "X-Read-After": `${this.#turn}`, ...(etag && { "If-None-Match": etag }) },
    });
    if (response.status === 304) return undefined;
    if (!response.ok) this.failed++;
    this.#etags.set(path, response.headers.get("etag") ?? "");
    return response.json();
  }
}
