import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import type { EmbeddedServer } from "@/demo/postgres/embedded";
import { startWeb } from "@/demo/web";
import { listTasks } from "@/lib/analytics/tasks";
import { closePools } from "@/lib/db/pools";
import { taskFilters } from "@/lib/search-params/tasks/filters";
import { pointPoolsAt } from "./context";
import { TOLERANCE } from "./measure";
import { type OpenedPage, openPage } from "./pages";
import { databaseOf, startServer } from "./server";
import type { Size } from "./sizes";

/** Limits with cold caches, in milliseconds: the first page of the list, and the whole HTML of any page. */
export const COLD = 90;
const COLD_PAGE = 400;

/**
 * Duration of the first page of all tasks after restarting the database and dropping the operating system's cache,
 * connection included. `null` if this process may not drop it.
 */
export async function measureCold(
  directory: string,
  server: EmbeddedServer,
  size: Size,
  times: number,
): Promise<{ server: EmbeddedServer; milliseconds: number[] | null }> {
  const milliseconds: number[] = [];
  let running = server;
  for (let n = 0; n < times; n++) {
    const restarted = await restartCold(directory, running);
    running = restarted.server;
    if (!restarted.isCold) return { server: running, milliseconds: null };
    await pointPoolsAt(running.url(databaseOf(size)));
    const begun = performance.now();
    await listTasks(taskFilters());
    milliseconds.push(performance.now() - begun);
  }
  return { server: running, milliseconds };
}

/**
 * A page after restarting the database and the dashboard's server with empty caches.
 *
 * @throws Error if this process may not empty them.
 */
export async function measureColdPage(
  directory: string,
  server: EmbeddedServer,
  size: Size,
  path: string,
): Promise<{ server: EmbeddedServer; page: OpenedPage }> {
  const restarted = await restartCold(directory, server);
  if (!restarted.isCold) throw new Error("The caches could not be emptied.");
  const databaseUrl = restarted.server.url(databaseOf(size));
  const { signal } = new AbortController();
  const web = await startWeb({ mode: "start", port: 3900, databaseUrl, signal });
  try {
    return { server: restarted.server, page: await openPage(web.url, path) };
  } finally {
    await web.stop();
  }
}

/** The limit of a cold page, if it takes longer by more than the tolerance. */
export function judgeColdPage({ path, milliseconds, slowness }: OpenedPage): string[] {
  const limit = COLD_PAGE * slowness;
  return milliseconds > limit * TOLERANCE
    ? [`cold ${path}: ${milliseconds.toFixed(0)} ms, limit ${limit.toFixed(0)}`]
    : [];
}

async function restartCold(
  directory: string,
  server: EmbeddedServer,
): Promise<{ server: EmbeddedServer; isCold: boolean }> {
  await closePools();
  await server.stop();
  const isCold = emptyCache();
  return { server: await startServer(directory), isCold };
}

function emptyCache(): boolean {
  try {
    execFileSync("sync");
    writeFileSync("/proc/sys/vm/drop_caches", "3");
    return true;
  } catch {
    return false;
  }
}
