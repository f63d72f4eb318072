import "server-only";
import { type KnownTasks, listKnownTasks } from "@/lib/analytics/tasks";
import { viewerKey } from "@/lib/db/viewer";
import type { TaskAddress } from "@/lib/model/task";
import type { TaskFilters } from "@/lib/search-params/tasks/filters";
import { acceptedTurn, getSpread, getTurn, onCleared, type Requester } from "./shared-reads";

/** How long requests are collected for one statement, in milliseconds. */
const GATHER = 25;

/** How long a row that was read is reused for other requests, in milliseconds. */
const LIFETIME = 900;

/** The maximum number of rows cached for one list. */
const MAX_KNOWN = 20_000;

type Row = {
  task: KnownTasks["rows"][number] | undefined;
  isRemoved: boolean;
  now: string;
  at: number;
  turn: number;
};

/** The cached rows of one list, and the rows that the next statement reads. */
type List = {
  rows: Map<string, Row>;
  next: { wanted: Map<string, TaskAddress>; done: Promise<void> } | undefined;
};

const KEY = Symbol.for("absurd-dashboard.known-tasks");
const shared = globalThis as { [KEY]?: Map<string, List> };
shared[KEY] ??= new Map();
const lists = shared[KEY];
onCleared(() => lists.clear());

const getKey = ({ queue, taskId }: TaskAddress) => `${queue}/${taskId}`;

/**
 * The current rows of a list, on whichever page they are now. Requests of all browsers share the rows: those that
 * were not read within the last second are read together, by one statement per list.
 *
 * `now` is that of the oldest row.
 */
export async function refreshTasks(
  requester: Requester | undefined,
  filters: TaskFilters,
  known: readonly TaskAddress[],
): Promise<KnownTasks> {
  const list = getList(filters);
  const oldest = performance.now() - LIFETIME - getSpread(requester);
  const turn = acceptedTurn(requester);
  const missing = known.filter((address) => {
    const row = list.rows.get(getKey(address));
    return !row || row.at < oldest || row.turn < turn;
  });
  if (missing.length > 0) await gather(list, filters, missing);
  requester?.signal.throwIfAborted();
  const rows: KnownTasks["rows"] = [];
  const removed: TaskAddress[] = [];
  let now: string | undefined;
  for (const address of known) {
    const row = list.rows.get(getKey(address));
    if (!row) continue;
    if (row.task) rows.push(row.task);
    if (row.isRemoved) removed.push(address);
    if (now === undefined || row.now < now) now = row.now;
  }
  return { rows, removed, now: now ?? new Date(0).toISOString() };
}

function getList(filters: TaskFilters): List {
  const name = JSON.stringify([
    viewerKey(),
    { ...filters, cursor: null, limit: 0, sort: "newest" },
  ]);
  const known = lists.get(name);
  if (known && known.rows.size <= MAX_KNOWN) return known;
  const list: List = { rows: new Map(), next: undefined };
  lists.set(name, list);
  setTimeout(() => forget(name, list), 60_000).unref();
  return list;
}

function forget(name: string, list: List): void {
  if (lists.get(name) === list) lists.delete(name);
}

function gather(list: List, filters: TaskFilters, missing: readonly TaskAddress[]): Promise<void> {
  if (!list.next) {
    const wanted = new Map<string, TaskAddress>();
    const done = new Promise((resolve) => setTimeout(resolve, GATHER)).then(() => {
      list.next = undefined;
      return load(list, filters, [...wanted.values()]);
    });
    list.next = { wanted, done };
  }
  for (const address of missing) list.next.wanted.set(getKey(address), address);
  return list.next.done;
}

/** Takes no signal: others wait for the same statement, which has a timeout. */
async function load(list: List, filters: TaskFilters, known: TaskAddress[]): Promise<void> {
  const read = { at: performance.now(), turn: getTurn() };
  const { rows, removed, now } = await listKnownTasks(filters, known);
  const tasks = new Map(rows.map((task) => [getKey(task), task]));
  const gone = new Set(removed.map(getKey));
  for (const key of known.map(getKey))
    list.rows.set(key, { task: tasks.get(key), isRemoved: gone.has(key), now, ...read });
}
