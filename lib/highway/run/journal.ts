import { atomically } from "../../absurd/connection/atomically.ts";
import { parseJson, stringifyJson } from "../../absurd/connection/json.ts";
import type { Queryable } from "../../absurd/connection/queryable.ts";
import { getCheckpoints, setCheckpoint } from "../../absurd/runs/checkpoints.ts";
import type { Uuid } from "../../model/ids.ts";
import type { Json } from "../../model/json.ts";
import { type Entry, RecordIndex } from "../machine/record-index.ts";

/** The engine's run that executes, and where. */
export type Execution = { db: Queryable; queue: string; taskId: Uuid; runId: Uuid };

/**
 * The records of a task. Each entry is a checkpoint; it is written once and decides every later execution, so that
 * a run continues after any interruption as if there had been none. Entries are written one after another: their
 * order is the order in which operators ended, for this execution and for every later one.
 */
export class Journal {
  private readonly values: Map<string, Json>;
  private tail: Promise<unknown> = Promise.resolve();
  private isClosed = false;

  private constructor(
    readonly execution: Execution,
    /** The same entries, in the form that the replay uses. */
    readonly records: RecordIndex,
    values: Map<string, Json>,
    /** Milliseconds between the database's clock and this process's. */
    private readonly clockOffset: number,
  ) {
    this.values = values;
  }

  /** Loads the entries that this run may rely on. @throws RunNotFoundError. */
  static async open(execution: Execution, now: Date): Promise<Journal> {
    const { db, queue, taskId, runId } = execution;
    const checkpoints = await getCheckpoints(db, queue, taskId, runId);
    const values = new Map<string, Json>();
    const entries = new Map<string, Entry>();
    for (const { name, state = null, updatedAt } of checkpoints) {
      values.set(name, state);
      entries.set(name, toEntry(updatedAt.getTime(), state));
    }
    const records = new RecordIndex({
      entries,
      parts: new Map(),
      now: now.getTime(),
      isComplete: true,
    });
    return new Journal(execution, records, values, now.getTime() - Date.now());
  }

  /** All entries, by name. */
  list(): IterableIterator<[name: string, value: Json]> {
    return this.values.entries();
  }

  /** `undefined` if there is no such entry. */
  get(name: string): Json | undefined {
    return this.values.get(name);
  }

  /**
   * Records entries, in order, all or none.
   *
   * @throws TaskCancelledError, or RunFailedError if this worker has lost the run.
   */
  async put(entries: Record<string, Json>): Promise<void> {
    await this.transact(async () => entries);
  }

  /**
   * Records the entries that `work` returns, in the transaction in which it runs; nothing happens if it throws or
   * the entries cannot be stored.
   */
  async transact<Entries extends Record<string, Json>>(
    work: (tx: Queryable) => Promise<Entries>,
  ): Promise<Entries> {
    const done = this.tail.then(async () => {
      if (this.isClosed) throw new Error("The run has ended.");
      const entries = await atomically(this.execution.db, async (tx) => {
        const made = await work(tx);
        const { queue, taskId, runId } = this.execution;
        for (const [stepName, state] of Object.entries(made))
          await setCheckpoint(tx, queue, { taskId, stepName, state, ownerRunId: runId });
        return made;
      });
      this.remember(entries);
      return entries;
    });
    this.tail = done.catch(() => {});
    return done;
  }

  /** Refuses further entries, and waits for the one that is being written. Operators may still be running. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.tail;
  }

  /** Adds entries that the engine has written itself. */
  remember(entries: Record<string, Json>): void {
    for (const [name, value] of Object.entries(entries)) {
      const stored = asStored(value);
      this.values.set(name, stored);
      this.records.add(name, toEntry(Date.now() + this.clockOffset, stored));
    }
  }

  /** The recorded value, or the result of `make`, which is then recorded. */
  async once(name: string, make: () => Json | Promise<Json>): Promise<Json> {
    const known = this.get(name);
    if (known !== undefined) return known;
    await this.put({ [name]: await make() });
    return this.get(name) ?? null;
  }
}

function toEntry(at: number, value: Json): Entry {
  if (Array.isArray(value)) return { at, value, length: value.length };
  const status = typeof value === "object" && value !== null ? value.status : undefined;
  return { at, value, ...(typeof status === "string" && { status }) };
}

/**
 * A value as a later execution reads it from `jsonb`: a copy, with the keys of mappings in the order of `jsonb`
 * (by length, then by bytes) and unsafe integers exact. So a run behaves the same whether or not it was
 * interrupted.
 */
export function asStored(value: Json): Json {
  return normalise(parseJson(stringifyJson(value)));
}

function normalise(value: Json): Json {
  if (typeof value === "number")
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(value) : value + 0;
  if (Array.isArray(value)) return value.map(normalise);
  if (typeof value !== "object" || value === null) return value;
  const keys = Object.keys(value).map((key) => ({ key, bytes: Buffer.from(key) }));
  keys.sort((a, b) => a.bytes.length - b.bytes.length || a.bytes.compare(b.bytes));
  return Object.fromEntries(keys.map(({ key }) => [key, normalise(value[key] ?? null)]));
}
