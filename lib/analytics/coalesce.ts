/** How long after its question an answer may be given again, in milliseconds: a little less than the quickest refresh. */
const LIFETIME = 1_900;

/** At least so long after it came, in milliseconds: or slow reads would follow each other without a pause. */
const SHORTEST = 500;

type Entry = {
  answer: Promise<unknown>;
  controller: AbortController;
  /** Callers that still want the answer while it is being read. */
  waiting: number;
  settled: boolean;
};

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
 * @param question names the read and all its arguments.
 */
export async function coalesce<T>(
  question: readonly unknown[],
  signal: AbortSignal | undefined,
  read: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const key = JSON.stringify(question);
  const entry = entries.get(key) ?? start(key, read);
  return (await join(key, entry, signal)) as T;
}

/** Forgets all answers, so that whoever changed something sees it. Reads under way are not given to later callers. */
export function forgetAnswers(): void {
  entries.clear();
}

function start(key: string, read: (signal: AbortSignal) => Promise<unknown>): Entry {
  const controller = new AbortController();
  const asked = performance.now();
  const entry: Entry = { answer: read(controller.signal), controller, waiting: 0, settled: false };
  entries.set(key, entry);
  entry.answer.then(
    () => {
      entry.settled = true;
      const rest = LIFETIME - (performance.now() - asked);
      setTimeout(() => forget(key, entry), Math.max(rest, SHORTEST)).unref();
    },
    () => forget(key, entry),
  );
  return entry;
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
    if (entry.waiting === 0 && !entry.settled) {
      entry.controller.abort();
      forget(key, entry);
    }
  }
}
