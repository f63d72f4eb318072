import type { Json } from "../../model/json.ts";
import type { TaskState } from "../../model/states.ts";

/** The known facts about one record. */
export type Entry = {
  /** When it was written, in milliseconds. */
  at: number;
  /** Absent if it was too long to be fetched. */
  value?: Json | undefined;
  /** For the end of a part: `completed`, `failed` or `cancelled`. */
  status?: string | undefined;
  /** For a list. */
  length?: number | undefined;
};

/** Everything that is known about a run, from all of its tasks. */
export type Records = {
  /**
   * By name; the entries of one task in the order in which it wrote them. If several tasks used a name, the entry
   * of the outer task.
   */
  entries: ReadonlyMap<string, Entry>;
  /** States of the tasks of its parts, by the path of the part in the run. */
  parts: ReadonlyMap<string, TaskState>;
  /** The state of the root task; `null` if the task no longer exists. */
  root: TaskState | null;
  /** The engine's clock, in milliseconds. */
  now: number;
  /** Whether the interpreter wrote the records, which are then complete; other programs leave gaps. */
  isComplete: boolean;
};

/** The smallest difference between two instants that a double can represent in this century. */
const LEAST_MS = 1 / 4096;

/** The records of a run by name, and which operators have any. */
export class RecordIndex {
  now: number;
  readonly isComplete: boolean;
  readonly parts: ReadonlyMap<string, TaskState>;
  private readonly entries = new Map<string, Entry>();
  private readonly begun = new Set<string>();
  /** The times of the entry added last, and of the latest one. */
  private lastAt = Number.NEGATIVE_INFINITY;
  private latest = Number.NEGATIVE_INFINITY;

  constructor({ entries, parts, now, isComplete }: Omit<Records, "root">) {
    this.now = now;
    this.isComplete = isComplete;
    this.parts = parts;
    for (const [name, entry] of entries) this.add(name, entry);
    for (const name of parts.keys()) this.markBegun(name);
  }

  /** Adds an entry. Entries within one millisecond keep their write order. */
  add(name: string, entry: Entry): void {
    const isTie = Math.floor(entry.at) === Math.floor(this.lastAt) && entry.at <= this.lastAt;
    const at = isTie ? this.lastAt + LEAST_MS : entry.at;
    this.lastAt = at;
    this.latest = Math.max(this.latest, at);
    this.entries.set(name, { ...entry, at });
    this.markBegun(name);
  }

  get(name: string): Entry | undefined {
    return this.entries.get(name);
  }

  /** Whether the operator at a path in the run, or anything inside it, has left a record. */
  hasBegun(path: string): boolean {
    return this.begun.has(path);
  }

  /** The earliest time at which something unrecorded can have ended: after everything recorded. */
  get afterAll(): number {
    return Math.max(this.now, this.latest + LEAST_MS);
  }

  /** The current or last attempt of an operator, from 1. */
  attemptAt(path: string): number {
    let attempt = 1;
    while (this.get(`${path}/attempt/${attempt}`)) attempt += 1;
    return attempt;
  }

  private markBegun(name: string): void {
    for (const { index } of `${name}/`.matchAll(/[/.[~]/g)) this.begun.add(name.slice(0, index));
  }
}
