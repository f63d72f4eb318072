import "server-only";
import type { ReadOptions } from "@/lib/db/snapshot";
import type { Iso } from "@/lib/model/instants";
import type { Window } from "@/lib/search-params/windows";
import { readQueues } from "./registry";
import { timeGrid } from "./time-grid";
import { combineClaims, type Worker } from "./worker-claims";
import { readEndedClaims, readRunningClaims } from "./worker-rows";

export type WorkerList = {
  window: Window;
  from: Iso;
  /** Those that hold something first, then the last seen first; at most 200. */
  workers: Worker[];
  hiddenWorkers: number;
  /** Set when there were more claims than one answer counts: attempts picked up before are not counted. */
  lookedBackTo: Iso | null;
  now: Iso;
  unreadable: string[];
};

const WORKERS = 200;

/**
 * Who works: inferred from the claims of running runs, and of the attempts picked up in a window that ends now. At most
 * 20,000 attempts a queue and outcome are counted, the newest first. With tenants, only what was done for them counts.
 *
 * @throws ReadError what `readQueues` throws.
 */
export function listWorkers(
  window: Window,
  { tenant = [], ...options }: ReadOptions & { tenant?: readonly string[] } = {},
): Promise<WorkerList> {
  return readQueues([], options, async ({ db, now, queues, unreadable }) => {
    const names = queues.map((queue) => queue.name);
    const from = new Date(timeGrid(window, now).from).toISOString();
    const running = await readRunningClaims(db, names, now, tenant);
    const { ended, lookedBackTo } = await readEndedClaims(db, names, from, tenant);
    const workers = combineClaims(running, ended);
    return {
      window,
      from,
      workers: workers.slice(0, WORKERS),
      hiddenWorkers: Math.max(workers.length - WORKERS, 0),
      lookedBackTo,
      now,
      unreadable: unreadable.map((queue) => queue.name),
    };
  });
}
