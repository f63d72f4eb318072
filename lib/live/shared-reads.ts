import { getDatabase } from "@/lib/db/databases";
import { viewerKey } from "@/lib/db/viewer";

/** How long after its start a read is shared, in milliseconds: a little less than the shortest refresh interval. */
const LIFETIME = 1_900;

/**
 * The minimum time for which a result is shared, in milliseconds: otherwise slow reads would follow each other
 * without pause.
 */
const SHORTEST = 500;

/** How many times as long as its read took a kept result is shared, so that such reads take a fifth of the time. */
const PAUSE = 4;

/** The longest such time, in milliseconds. */
const LONGEST_PAUSE = 5_000;

/** For how long after that a kept result is returned while the next one is read, in milliseconds. */
const KEEP = 10_000;

/** A read that nobody waits for begins this much later, in milliseconds: the request that needs it is served first. */
const UNHURRIED = 50;

type Entry = {
  result: Promise<unknown>;
  controller: AbortController;
  /** Callers still waiting for the result. */
  waiting: number;
  state: "queued" | "reading" | "settled";
  /** The turn in which the read started. */
  turn: number;
  /** Until when every requester shares it, by `performance.now()`. Later only those who name a turn. */
  sharedUntil: number;
  /** Until when it is returned while the next result is read; 0 if it isn't. */
  keptUntil: number;
  /** The result before, if it is kept. */
  previous: Entry | undefined;
  /** Resolves once a requester waits for the result. */
  hurried: Promise<void>;
  hurry: () => void;
};

export type SharingOptions = {
  /** How long after its start the read is shared, in milliseconds. */
  lifetime?: number | undefined;
  /**
   * Whether callers that don't bypass shared results receive this result while the next one is read, instead of waiting
   * for it. The next read begins after a pause of four times its duration, at most five seconds, even if something
   * changed; ten seconds later the result is dropped. For reads that take longer than a page may, whose results contain
   * their time. Only requesters hurry them, not first paints, which must not wait for them. At most one that is hurried
   * and one that isn't are read at the same time, the latter once the first paint was served, so that they leave
   * processors to the requests.
   */
  isKept?: (() => boolean) | undefined;
};

/** A request with this header bypasses shared results. `Cache-Control` itself does not reach a route. */
const BYPASS_HEADER = "x-bypass-cache";

/** A request with this header receives a result that was read after the change of this turn. */
const AFTER_HEADER = "x-read-after";

/** The request that a read is for. */
export type Requester = Pick<Request, "signal" | "headers">;

// Pages, routes and actions are separate bundles that share only the process.
const SYMBOL = Symbol.for("absurd-dashboard.shared-reads");
type Shared = {
  entries: Map<string, Entry>;
  clearing: Set<() => void>;
  /** How many changes were noticed. */
  turn: number;
  /** Over how many milliseconds the listeners of a change are notified. */
  spread: number;
  /** The end of the last read of each line, by line and database. */
  lines: Map<string, Promise<unknown>>;
};
const shared = globalThis as { [SYMBOL]?: Shared };
shared[SYMBOL] ??= {
  entries: new Map(),
  clearing: new Set(),
  turn: 0,
  spread: 0,
  lines: new Map(),
};
const state = shared[SYMBOL];
const { entries, clearing } = state;

/**
 * Reads once for all callers with the same key, at the same time or within the next two seconds, so that the load
 * on the database doesn't grow with the number of open browsers. The read is aborted when its last caller has
 * gone. A failure is passed to the callers that waited for it and is never cached.
 *
 * A requester that bypasses the cache receives a read that starts after its request, and after the one in
 * progress; all who bypass it until then share that read. Reads with the same key never overlap. A requester that
 * was notified of a change receives a read that started after it: the same one for all, even if many are notified one
 * after another for longer than a read is shared.
 *
 * Viewers who may see different rows never share a read.
 *
 * @param key names the read and all its arguments.
 * @param requester `undefined` for a first paint.
 */
export async function coalesce<T>(
  key: readonly unknown[],
  requester: Requester | undefined,
  read: (signal: AbortSignal) => Promise<T>,
  options: SharingOptions = {},
): Promise<T> {
  const text = JSON.stringify([viewerKey(), key]);
  const known = entries.get(text);
  const entry = known && !isTooOld(known, requester) ? known : start(text, read, known, options);
  const { previous } = entry;
  if (isReturnable(previous) && Number.isFinite(acceptedTurn(requester)))
    return (await previous.result) as T;
  return (await join(text, entry, requester)) as T;
}

/** Drops all shared results, so that an operator sees a change at once. No new callers join reads in progress. */
export function clearSharedReads(): void {
  entries.clear();
  for (const clear of clearing) clear();
}

/** Calls `clear` whenever the shared results are dropped. */
export function onCleared(clear: () => void): void {
  clearing.add(clear);
}

/** Notes that a change was noticed, and returns its turn. */
export function noteChange(): number {
  return ++state.turn;
}

/** Notes over how many milliseconds the listeners of a change are notified; they share its reads for the same time. */
export function noteSpread(milliseconds: number): void {
  state.spread = milliseconds;
}

/** How much longer than others requesters share a result that name the turn of a change, in milliseconds. */
export function getSpread(requester: Requester | undefined): number {
  const turn = acceptedTurn(requester);
  return turn > 0 && Number.isFinite(turn) ? state.spread : 0;
}

/** The turn of the last noticed change: any read that starts now includes it. */
export function getTurn(): number {
  return state.turn;
}

/** The first turn whose results a requester accepts; infinite if it bypasses shared results. */
export function acceptedTurn(requester: Requester | undefined): number {
  if (requester?.headers.has(BYPASS_HEADER)) return Number.POSITIVE_INFINITY;
  return Number(requester?.headers.get(AFTER_HEADER) ?? 0) || 0;
}

/** A queued read is fresh for everyone, because it has not started. */
function isTooOld(entry: Entry, requester: Requester | undefined): boolean {
  if (entry.state === "queued") return false;
  if (entry.keptUntil > 0 && Number.isFinite(acceptedTurn(requester)))
    return performance.now() > entry.sharedUntil;
  if (entry.turn < acceptedTurn(requester)) return true;
  return performance.now() > entry.sharedUntil + getSpread(requester);
}

function start(
  key: string,
  read: (signal: AbortSignal) => Promise<unknown>,
  known: Entry | undefined,
  options: SharingOptions,
): Entry {
  let hurry = () => {};
  const hurried = new Promise<void>((resolve) => {
    hurry = resolve;
  });
  const entry: Entry = {
    result: Promise.resolve(),
    controller: new AbortController(),
    waiting: 0,
    state: "queued",
    turn: 0,
    sharedUntil: Number.POSITIVE_INFINITY,
    keptUntil: 0,
    previous: known?.state === "settled" ? known : known?.previous,
    hurried,
    hurry,
  };
  entries.set(key, entry);
  entry.result = run(key, entry, read, known, options);
  // Its caller may be gone before it waits.
  entry.result.catch(() => undefined);
  return entry;
}

async function run(
  key: string,
  entry: Entry,
  read: (signal: AbortSignal) => Promise<unknown>,
  before: Entry | undefined,
  { lifetime = LIFETIME, isKept }: SharingOptions,
): Promise<unknown> {
  const { signal } = entry.controller;
  try {
    if (before && before.state !== "settled") await before.result.catch(() => undefined);
    const readNow = async () => {
      signal.throwIfAborted();
      entry.state = "reading";
      entry.turn = state.turn;
      started = performance.now();
      return read(signal);
    };
    let started = 0;
    const result = await (isKept?.() ? readInLine(entry, readNow) : readNow());
    entry.state = "settled";
    const now = performance.now();
    entry.previous = undefined;
    entry.sharedUntil = Math.max(started + lifetime, now + SHORTEST);
    if (isKept?.()) {
      const pause = Math.min(PAUSE * (now - started), LONGEST_PAUSE);
      entry.sharedUntil = Math.max(entry.sharedUntil, now + pause);
      entry.keptUntil = entry.sharedUntil + KEEP;
    }
    const until = Math.max(entry.sharedUntil + state.spread, entry.keptUntil);
    setTimeout(() => remove(key, entry), until - now).unref();
    return result;
  } catch (error) {
    remove(key, entry);
    throw error;
  }
}

function isReturnable(kept: Entry | undefined): kept is Entry {
  return kept !== undefined && performance.now() < kept.keptUntil;
}

/**
 * Reads after the other kept results of this database that are not hurried, and after the request that needs it was
 * served; once it is hurried, after the other hurried ones.
 */
async function readInLine(entry: Entry, read: () => Promise<unknown>): Promise<unknown> {
  let place = takePlace("unhurried");
  try {
    const isFree = place.before.then(
      () => new Promise<void>((resolve) => setTimeout(resolve, UNHURRIED)),
    );
    const isHurried = await Promise.race([
      entry.hurried.then(() => true),
      isFree.then(() => false),
    ]);
    if (isHurried) {
      place.leave();
      place = takePlace("hurried");
      await place.before;
    }
    return await read();
  } finally {
    place.leave();
  }
}

/** The last place of a line of the current database: the end of those before, and how to leave it. */
function takePlace(line: "hurried" | "unhurried"): {
  before: Promise<unknown>;
  leave: () => void;
} {
  const key = `${line} ${getDatabase().name}`;
  const before = state.lines.get(key) ?? Promise.resolve();
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const last = before.then(() => ended);
  state.lines.set(key, last);
  return {
    before,
    leave: () => {
      end();
      if (state.lines.get(key) === last) state.lines.delete(key);
    },
  };
}

/** Keeps a later entry under the same key. */
function remove(key: string, entry: Entry): void {
  if (entries.get(key) === entry) entries.delete(key);
}

async function join(key: string, entry: Entry, requester: Requester | undefined): Promise<unknown> {
  const signal = requester?.signal;
  signal?.throwIfAborted();
  entry.waiting++;
  if (requester) entry.hurry();
  let leave = () => {};
  const gone = new Promise<never>((_, reject) => {
    leave = () => reject(signal?.reason);
    signal?.addEventListener("abort", leave, { once: true });
  });
  try {
    return await Promise.race([entry.result, gone]);
  } finally {
    signal?.removeEventListener("abort", leave);
    entry.waiting--;
    if (entry.waiting === 0 && entry.state !== "settled") {
      entry.controller.abort();
      remove(key, entry);
    }
  }
}
