import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import type { EmbeddedServer } from "@/demo/postgres/embedded";
import { listTasks } from "@/lib/analytics/tasks";
import { closePools } from "@/lib/db/pools";
import { taskFilters } from "@/lib/search-params/tasks/filters";
import { pointPoolsAt } from "./context";
import { databaseOf, startServer } from "./server";
import type { Size } from "./sizes";

/** Limit for the first page with cold caches, in milliseconds. */
export const COLD = 300;

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
    await closePools();
    await running.stop();
    const emptied = emptyCache();
    running = await startServer(directory);
    if (!emptied) return { server: running, milliseconds: null };
    await pointPoolsAt(running.url(databaseOf(size)));
    const begun = performance.now();
    await listTasks(taskFilters());
    milliseconds.push(performance.now() - begun);
  }
  return { server: running, milliseconds };
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
