import type { Json } from "../../model/json.ts";
import type { TaskState } from "../../model/states.ts";

/** What is known of one record. */
export type Entry = {
  /** When it was written, in milliseconds. */
  at: number;
  /** Absent when it was too long to be fetched. */
  value?: Json | undefined;
  /** Of the end of a part: `completed`, `failed` or `cancelled`. */
  status?: string | undefined;
  /** Of a list. */
  length?: number | undefined;
};

/** Everything that is known of a run, whichever of its tasks recorded it. */
export type Records = {
  /**
   * By name, those of one task in the order in which it wrote them; of a name that several tasks used, the entry of the
   * outer one.
   */
  entries: ReadonlyMap<string, Entry>;
  /** States of the tasks of its parts, by the path of the part in the run. */
  parts: ReadonlyMap<string, TaskState>;
  /** The state of the root task; `null` when it is gone. */
  root: TaskState | null;
  /** The engine's clock, in milliseconds. */
  now: number;
  /** Written by the interpreter, which records every decision; other programs leave gaps. */
  isComplete: boolean;
};

/** The least difference of two instants that a double can hold in this century. */
const LEAST_MS = 1 / 4096;

/** The records of a run by name, and which operators have any. */
export class RecordIndex {
  now: number;
  readonly isComplete: boolean;
  readonly parts: ReadonlyMap<string, TaskState>;
  private readonly entries = new Map<string, Entry>();
  private readonly begun = new Set<string>();
  /** Of the entry that was added last, and of the latest one. */
  private lastAt = Number.NEGATIVE_INFINITY;
  private latest = Number.NEGATIVE_INFINITY;

  constructor({ entries, parts, now, isComplete }: Omit<Records, "root">) {
    this.now = now;
    this.isComplete = isComplete;
    this.parts = parts;
    for (const [name, entry] of entries) this.add(name, entry);
    for (const name of parts.keys()) this.markBegun(name);
  }

  /** Adds an entry. Of two that follow each other within a millisecond, the later one counts as later. */
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

  /** Whether the operator at a path in the run, or anything inside of it, has left a record. */
  hasBegun(path: string): boolean {
    return this.begun.has(path);
  }

  /** When something that is not recorded ended at the earliest: after all that is. */
  get afterAll(): number {
    return Math.max(this.now, this.latest + LEAST_MS);
  }

  /** The attempt of an operator that is under way or was its last, from 1. */
  attemptAt(path: string): number {
    let attempt = 1;
    while (this.get(`${path}/attempt/${attempt}`)) attempt += 1;
    return attempt;
  }

  private markBegun(name: string): void {
    for (const { index } of `${name}/`.matchAll(/[/.[~]/g)) this.begun.add(name.slice(0, index));
  }
}
