import "server-only";
import { setTimeout as wait } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { getDatabase } from "@/lib/db/databases";
import { array, nullable, number, text } from "@/lib/db/decode";
import { getReadPool } from "@/lib/db/pools";
import { query } from "@/lib/db/query";
import { queues } from "@/lib/db/schema";
import { getViewer, isQueueVisible, runAs, UNRESTRICTED, type Viewer } from "@/lib/db/viewer";
import { onShutdown } from "@/lib/shutdown";
import { noteChange, noteSpread } from "./shared-reads";

/**
 * What changed since the previous notification. `quiet`: nothing was written to this database server. `change`:
 * something was, in these queues, or in no known queue (`null`).
 */
export type Change =
  | { kind: "quiet" }
  | {
      kind: "change";
      queues: readonly string[] | null;
      /** Counts the changes of this process; results read after it include the change. */
      turn: number;
    };

/** Milliseconds between two polls of the database. */
const EVERY = 1_000;

/** While nothing changes, listeners are notified once per this number of polls. */
const QUIET_EVERY = 2;

/** How long the list of tables is cached, in milliseconds: a new queue or partition has no counter until then. */
const TABLES_FOR = 30_000;

/** The maximum number of listeners of one process, and of one owner, so that one person can't use up all of them. */
const MAX_LISTENERS = 2_000;
const MAX_OF_OWNER = 100;

/**
 * A notification makes a page send requests. Listeners are therefore notified in slices of `AT_ONCE`, one slice every
 * `SLICE` milliseconds; the slices are larger if the last one would otherwise wait for longer than `LONGEST`.
 */
const AT_ONCE = 20;
const SLICE = 100;
const LONGEST = 4_000;

type Listener = { viewer: Viewer; owner: string | null; notify: (change: Change) => void };

type Reader = {
  listeners: Set<Listener>;
  /** Aborted when the last listener has gone. */
  running: AbortController | undefined;
};

// Pages, routes and actions are separate bundles that share only the process.
const KEY = Symbol.for("absurd-dashboard.changes");
const shared = globalThis as { [KEY]?: Map<string, Reader> };
shared[KEY] ??= new Map();
/** The reader of each database, by its name. */
const readers = shared[KEY];

function getReader(): Reader {
  const { name } = getDatabase();
  let reader = readers.get(name);
  if (!reader) {
    reader = { listeners: new Set(), running: undefined };
    readers.set(name, reader);
  }
  return reader;
}

/**
 * Calls `notify` when something changes that the current viewer may see. One loop polls for all listeners of a
 * database, once a second while there are any. A change of a queue can be reported up to ten seconds late if its
 * session has gone idle, because PostgreSQL delays the counters of idle sessions; until then it is reported as a
 * change of no known queue.
 *
 * @param owner whose listeners are counted together; `null` for one that counts only among those of the process.
 * @returns a function that ends the calls; `null` if the process or the owner has too many listeners.
 */
export function listenForChanges(
  notify: Listener["notify"],
  owner: string | null = null,
): (() => void) | null {
  if (countListeners() >= MAX_LISTENERS) return null;
  if (owner !== null && countListeners(owner) >= MAX_OF_OWNER) return null;
  const reader = getReader();
  const listener = { viewer: getViewer(), owner, notify };
  reader.listeners.add(listener);
  if (!reader.running) {
    reader.running = new AbortController();
    const { signal } = reader.running;
    runAs(UNRESTRICTED, () => void poll(reader, signal));
  }
  return () => {
    reader.listeners.delete(listener);
    if (reader.listeners.size > 0) return;
    reader.running?.abort();
    reader.running = undefined;
  };
}

/** The number of listeners in this process, of one owner or of all. */
export function countListeners(owner?: string): number {
  const all = [...readers.values()].flatMap(({ listeners }) => [...listeners]);
  return owner === undefined ? all.length : all.filter((one) => one.owner === owner).length;
}

async function poll(reader: Reader, signal: AbortSignal): Promise<void> {
  const removeTask = onShutdown("change reader", () => reader.running?.abort());
  let before: State | undefined;
  for (let turn = 1; !signal.aborted; turn++) {
    const now = await getState(before).catch(() => undefined);
    const change = before && now && compare(before, now);
    // Whether anything changed while the database did not respond is unknown: tabs find out by their own requests.
    if (turn > 1 && (now === undefined) !== (before === undefined))
      publish(reader, { kind: "change", queues: null, turn: noteChange() });
    if (change && (change.kind === "change" || turn % QUIET_EVERY === 0)) publish(reader, change);
    before = now;
    await pause(EVERY, signal);
  }
  removeTask();
}

/** Notifies the listeners in slices. Each keeps its place, so that each is notified as often as changes are noticed. */
function publish(reader: Reader, change: Change): void {
  const all = [...reader.listeners];
  const size = Math.max(AT_ONCE, Math.ceil(all.length / (LONGEST / SLICE)));
  const slices = Math.ceil(all.length / size);
  noteSpread(Math.max(0, slices - 1) * SLICE);
  for (let slice = 0; slice < slices; slice++) {
    const listeners = all.slice(slice * size, (slice + 1) * size);
    if (slice === 0) notifyAll(reader, listeners, change);
    else setTimeout(notifyAll, slice * SLICE, reader, listeners, change).unref();
  }
}

function notifyAll(reader: Reader, listeners: readonly Listener[], change: Change): void {
  for (const listener of listeners) {
    if (!reader.listeners.has(listener)) continue;
    const visible = runAs(listener.viewer, () => toVisible(change));
    if (visible) listener.notify(visible);
  }
}

/** The part of a change that the viewer may see: the only place that decides it. */
function toVisible(change: Change): Change | null {
  if (change.kind === "quiet" || change.queues === null) return change;
  const visible = change.queues.filter(isQueueVisible);
  return visible.length === 0 ? null : { ...change, queues: visible };
}

type Tables = { readAt: number; queues: string[]; oids: string[] };
type State = { position: string | null; counters: Map<string, number>; tables: Tables };

/** Reuses the counters of `before` if nothing was written since then. */
async function getState(before: State | undefined): Promise<State> {
  const position = await getPosition();
  if (before && position !== null && position === before.position) return before;
  const isOld = !before || performance.now() - before.tables.readAt > TABLES_FOR;
  const tables = isOld ? await listTables() : before.tables;
  return { position, counters: await listCounters(tables), tables };
}

function compare(before: State, now: State): Change {
  if (before === now) return { kind: "quiet" };
  const names = new Set([...before.counters.keys(), ...now.counters.keys()]);
  const changed = [...names].filter((name) => before.counters.get(name) !== now.counters.get(name));
  if (changed.length > 0) return { kind: "change", queues: changed.sort(), turn: noteChange() };
  return { kind: "change", queues: null, turn: noteChange() };
}

/** The server's WAL position, which moves with every change. `null` if it cannot be read. */
async function getPosition(): Promise<string | null> {
  const [row] = await query(
    getReadPool(),
    { position: nullable(text) },
    sql`select (case when pg_is_in_recovery() then pg_last_wal_replay_lsn()
      else pg_current_wal_insert_lsn() end)::text as "position"`,
  );
  return row?.position ?? null;
}

/** The tables of all queues; for a partitioned one, its partitions, because PostgreSQL counts those. */
async function listTables(): Promise<Tables> {
  const rows = await query(
    getReadPool(),
    { queue: text, oids: array(text) },
    sql`
    select q.queue_name as "queue",
      array_agg(coalesce(part.inhrelid, t.id)::text) as "oids"
    from ${queues} q
    cross join unnest(array['t_', 'r_', 'c_', 'e_', 'w_']) as prefix
    cross join lateral (select to_regclass(format('absurd.%I', prefix || q.queue_name))::oid as id) t
    left join pg_inherits part on part.inhparent = t.id
    where t.id is not null
    group by q.queue_name`,
  );
  return {
    readAt: performance.now(),
    queues: rows.flatMap(({ queue, oids }) => oids.map(() => queue)),
    oids: rows.flatMap(({ oids }) => oids),
  };
}

/**
 * How many rows were ever inserted, updated and deleted in each queue. Reads only counters in memory, no table.
 */
async function listCounters({ queues: names, oids }: Tables): Promise<Map<string, number>> {
  const rows = await query(
    getReadPool(),
    { queue: text, changes: number },
    sql`
    select leaf.queue as "queue",
      sum(
        pg_stat_get_tuples_inserted(leaf.id) + pg_stat_get_tuples_updated(leaf.id)
          + pg_stat_get_tuples_deleted(leaf.id)
      )::float8 as "changes"
    from unnest(${sql.param(names)}::text[], ${sql.param(oids)}::text[]::oid[]) as leaf (queue, id)
    group by leaf.queue`,
  );
  return new Map(rows.map(({ queue, changes }) => [queue, changes]));
}

/** Leaves no listener on the signal, which lives as long as the reader. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await wait(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);
}
