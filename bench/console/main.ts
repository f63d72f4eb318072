/**
 * `npm run bench:console`: runs every read function of the dashboard on 100 thousand, 1 million and 5 million tasks,
 * and the built dashboard's routes, on its own server whose data is kept for the next run. Exits with 1 if something
 * exceeds its limit.
 */
import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { COLD, judgeColdPage, measureCold, measureColdPage } from "@/bench/console/cold";
import { openContext, pointPoolsAt } from "@/bench/console/context";
import { FIGURE_READS } from "@/bench/console/figure-reads";
import { getSlowness, TOLERANCE, TRIES, tryThrice } from "@/bench/console/measure";
import { OTHER_READS } from "@/bench/console/other-reads";
import {
  type FirstPaint,
  judgePage,
  measurePage,
  type OpenedPage,
  PAGES,
} from "@/bench/console/pages";
import { judge, type Measured, measureReads, type Read } from "@/bench/console/reads";
import {
  reportCold,
  reportPages,
  reportReads,
  reportRoutes,
  reportSearches,
  reportTabs,
  reportTargets,
  reportWatching,
} from "@/bench/console/report";
import {
  judgeRoute,
  judgeWatching,
  measureRoute,
  type Throughput,
  watchTasks,
} from "@/bench/console/routes";
import { judgeSearch, measureSearches } from "@/bench/console/search";
import {
  databaseOf,
  ensureBuilt,
  loadMissing,
  serveBuild,
  startServer,
  thinnedDatabaseOf,
} from "@/bench/console/server";
import { SIZES, type Size } from "@/bench/console/sizes";
import { createTabsDatabase, dropTabsDatabase, judgeTabs, openTabs } from "@/bench/console/tabs";
import { listTargets, measureTargets } from "@/bench/console/targets";
import { TASK_READS } from "@/bench/console/task-reads";
import { closePools } from "@/lib/db/pools";
import { listReadFunctions } from "@/testing/read-functions";

const PARTS = ["reads", "targets", "search", "routes", "pages", "tabs", "cold"] as const;

const options = new Command("npm run bench:console --")
  .option("--sizes <list>", "data sets, such as 100k,5m", toSizes, Object.keys(SIZES) as Size[])
  .option("--parts <list>", `of ${PARTS.join(", ")}; none only loads`, (text) => text.split(","), [
    ...PARTS,
  ])
  .option("--only <words>", "only reads whose title holds these words", "")
  .option(
    "--directory <path>",
    "where the data is kept",
    process.env.BENCH_DIRECTORY ?? ".cache/bench-console",
  )
  .parse()
  .opts<{ sizes: Size[]; parts: string[]; only: string; directory: string }>();
const directory = path.resolve(options.directory);
const largest = options.sizes.at(-1) ?? "5m";
const wants = (part: (typeof PARTS)[number]) => options.parts.includes(part);
const problems: string[] = [];
const note = (line: string) => process.stderr.write(`${line}\n`);

const READS = [...TASK_READS, ...FIGURE_READS, ...OTHER_READS];
/** Not run separately: streams of pages, measured by the searches. */
const STREAMS = ["countTasks", "exportTasks", "followTasks"];
for (const name of listReadFunctions())
  if (!STREAMS.includes(name) && !READS.some((read) => read.function === name))
    problems.push(`${name} of lib/analytics is not measured`);

let server = await startServer(directory);
try {
  await loadMissing(server, options.sizes, note);
  if (wants("reads")) await benchReads();
  if (wants("targets")) for (const size of options.sizes) await benchTargets(size);
  if (wants("search")) await benchSearches();
  if (wants("routes") || wants("pages")) await benchServer();
  if (wants("tabs")) await benchTabs();
  if (wants("cold")) await benchCold();
} finally {
  await closePools();
  await server.stop();
}
console.log(problems.length === 0 ? "\nEverything is within its limit." : "\nOver the limit:\n");
for (const problem of problems) console.log(`- ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** Reads that exceed a limit are measured again, up to three times; the try that exceeds the fewest counts. */
async function benchReads() {
  const measured: Measured[] = READS.filter(({ title }) => title.includes(options.only)).map(
    (read) => ({ read, bySize: new Map() }),
  );
  let missed = measured;
  for (let tries = 1; tries <= TRIES && missed.length > 0; tries++) {
    const figures = await measureOnAllSizes(missed.map(({ read }) => read));
    for (const one of missed) {
      const again: Measured = { read: one.read, bySize: figures.get(one.read) ?? new Map() };
      if (tries === 1 || judge(again).length < judge(one).length) one.bySize = again.bySize;
    }
    missed = measured.filter((one) => judge(one).length > 0);
  }
  console.log(`\n${reportReads(measured)}`);
  problems.push(...measured.flatMap(judge));
}

async function measureOnAllSizes(reads: Read[]): Promise<Map<Read, Measured["bySize"]>> {
  const all = new Map<Read, Measured["bySize"]>(reads.map((read) => [read, new Map()]));
  for (const size of options.sizes) {
    const databases = [
      { name: databaseOf(size), reads: reads.filter((read) => !read.isThinned) },
      { name: thinnedDatabaseOf(size), reads: reads.filter((read) => read.isThinned) },
    ];
    for (const { name, reads } of databases) {
      if (reads.length === 0) continue;
      const context = await openContext(size, server.url(name));
      const found = await measureReads(reads, context, directory, (title) =>
        note(`${size}: ${title}`),
      );
      for (const [read, figures] of found) all.get(read)?.set(size, figures);
    }
  }
  return all;
}

async function benchTargets(size: Size) {
  const context = await openContext(size, server.url(databaseOf(size)));
  await serveBuild(context.url, async (url) => {
    const measured = await measureTargets(url, listTargets(context));
    console.log(`\n${reportTargets(`${size} tasks`, measured)}`);
    for (const { title, p50, target, isMet } of measured.results)
      if (!isMet)
        problems.push(`${size}, ${title}: ${p50.toFixed(1)} ms, target ${target.toFixed(1)}`);
  });
}

async function benchSearches() {
  const context = await openContext(largest, server.url(databaseOf(largest)));
  const searches = await measureSearches(context);
  console.log(`\n${reportSearches(searches)}`);
  problems.push(...searches.flatMap(judgeSearch));
}

async function benchServer() {
  const databaseUrl = server.url(databaseOf(largest));
  await pointPoolsAt(databaseUrl);
  await serveBuild(databaseUrl, async (url) => {
    if (wants("pages")) await benchPages(url);
    if (wants("routes")) await benchRoutes(url, databaseUrl);
  });
}

async function benchPages(url: string) {
  const paints: FirstPaint[] = [];
  for (const page of PAGES) {
    const tried = await tryThrice(() => measurePage(url, page), judgePage);
    paints.push(tried.result);
    problems.push(...tried.problems);
  }
  console.log(`\n${reportPages(paints)}`);
}

async function benchRoutes(url: string, databaseUrl: string) {
  const routes: Throughput[] = [];
  for (const route of ["/api/tasks", "/api/queues", "/api/tasks?range=24h"]) {
    const tried = await tryThrice(() => measureRoute(url, route), judgeRoute);
    routes.push(tried.result);
    problems.push(...tried.problems);
  }
  console.log(`\n${reportRoutes(routes)}`);
  const watching = await tryThrice(
    async () => [await watchTasks(url, databaseUrl, 1), await watchTasks(url, databaseUrl, 50)],
    judgeWatching,
  );
  console.log(`\n${reportWatching(watching.result)}`);
  problems.push(...watching.problems);
}

async function benchTabs() {
  const databaseUrl = await createTabsDatabase(server);
  await serveBuild(databaseUrl, async (url) => {
    const tabs = await tryThrice(
      async () => [
        await openTabs(url, databaseUrl, server.logFile, 1),
        await openTabs(url, databaseUrl, server.logFile, 20),
      ],
      judgeTabs,
    );
    console.log(`\n${reportTabs(tabs.result)}`);
    problems.push(...tabs.problems);
  });
  await dropTabsDatabase(server);
}

async function benchCold() {
  const cold = await measureCold(directory, server, largest, TRIES);
  server = cold.server;
  if (!cold.milliseconds)
    return console.log("\nThe cold first page needs root, to empty the caches.");
  const times = cold.milliseconds.map((time) => time.toFixed(0)).join(", ");
  console.log(`\nFirst page of all tasks, database restarted and caches emptied: ${times} ms.`);
  const limit = COLD * getSlowness();
  if (Math.min(...cold.milliseconds) > limit * TOLERANCE)
    problems.push(`cold first page: ${times} ms, limit ${limit.toFixed(0)}`);
  await ensureBuilt(server.url(databaseOf(largest)));
  const pages: OpenedPage[] = [];
  for (const page of PAGES) {
    const tried = await tryThrice(async () => {
      const measured = await measureColdPage(directory, server, largest, page);
      server = measured.server;
      return measured.page;
    }, judgeColdPage);
    pages.push(tried.result);
    problems.push(...tried.problems);
  }
  console.log(`\n${reportCold(pages)}`);
}

function toSizes(text: string): Size[] {
  const known = (name: string): name is Size => name in SIZES;
  const sizes = text.split(",");
  if (sizes.every(known)) return sizes;
  throw new InvalidArgumentError(`Data sets are ${Object.keys(SIZES).join(", ")}.`);
}
