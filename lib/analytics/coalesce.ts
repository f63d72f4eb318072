/** How long after its question an answer may be given again, in milliseconds: a little less than the quickest refresh. */
const LIFETIME = 1_900;

/** At least so long after it came, in milliseconds: or slow reads would follow each other without a pause. */
const SHORTEST = 500;

type Entry = {
  answer: Promise<unknown>;
  controller: AbortController;
  /** Callers that still want the answer while it is being read. */
  waiting: number;
  state: "queued" | "reading" | "settled";
};

/** A request with this header asks for what is read from now on. `Cache-Control` itself does not reach a route. */
const READ_ANEW = "x-read-anew";

/** Who asks. */
export type Asker = Pick<Request, "signal" | "headers">;

// Pages, routes and actions are bundled apart: they share the answers through the process.
const KEY = Symbol.for("absurd-dashboard.answers");
const shared = globalThis as { [KEY]?: Map<string, Entry> };
shared[KEY] ??= new Map();
const entries = shared[KEY];

/**
 * Reads once for all callers that ask the same question at the same time or within the next two seconds, so that the
 * load on the database does not grow with the number of open browsers. The read is aborted when its last caller is
 * gone. A failure is passed to those who waited for it and never kept.
 *
 * A caller that wants nothing from before its question gets a read that begins after it, and after the one under way:
 * all who ask so in the meantime share it. However many ask, and however often, a question is read by one at a time.
 *
 * @param question names the read and all its arguments.
 */
export async function coalesce<T>(
  question: readonly unknown[],
  asker: Asker | undefined,
  read: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const key = JSON.stringify(question);
  const known = entries.get(key);
  const entry = known && !isTooOld(known, asker) ? known : start(key, read, known);
  return (await join(key, entry, asker?.signal)) as T;
}

/** Forgets all answers, so that whoever changed something sees it. Reads under way are not given to later callers. */
export function forgetAnswers(): void {
  entries.clear();
}

/** What has not begun yet is new enough for everybody. */
function isTooOld({ state }: Entry, asker: Asker | undefined): boolean {
  return asker?.headers.has(READ_ANEW) === true && state !== "queued";
}

function start(
  key: string,
  read: (signal: AbortSignal) => Promise<unknown>,
  before: Entry | undefined,
): Entry {
  const entry: Entry = {
    answer: Promise.resolve(),
    controller: new AbortController(),
    waiting: 0,
    state: "queued",
  };
  entries.set(key, entry);
  entry.answer = run(key, entry, read, before);
  return entry;
}

async function run(
  key: string,
  entry: Entry,
  read: (signal: AbortSignal) => Promise<unknown>,
  before: Entry | undefined,
): Promise<unknown> {
  const { signal } = entry.controller;
  try {
    if (before && before.state !== "settled") await before.answer.catch(() => undefined);
    signal.throwIfAborted();
    entry.state = "reading";
    const asked = performance.now();
    const answer = await read(signal);
    entry.state = "settled";
    const rest = LIFETIME - (performance.now() - asked);
    setTimeout(() => forget(key, entry), Math.max(rest, SHORTEST)).unref();
    return answer;
  } catch (error) {
    forget(key, entry);
    throw error;
  }
}

/** A later entry under the same key stays. */
function forget(key: string, entry: Entry): void {
  if (entries.get(key) === entry) entries.delete(key);
}

async function join(key: string, entry: Entry, signal: AbortSignal | undefined): Promise<unknown> {
  signal?.throwIfAborted();
  entry.waiting++;
  let leave = () => {};
  const gone = new Promise<never>((_, reject) => {
    leave = () => reject(signal?.reason);
    signal?.addEventListener("abort", leave, { once: true });
  });
  try {
    return await Promise.race([entry.answer, gone]);
  } finally {
    signal?.removeEventListener("abort", leave);
    entry.waiting--;
    if (entry.waiting === 0 && entry.state !== "settled") {
      entry.controller.abort();
      forget(key, entry);
    }
  }
}
