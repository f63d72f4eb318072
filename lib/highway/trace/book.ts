import type { Json } from "../../model/json.ts";
import type { TaskState } from "../../model/states.ts";

/** What is known of one entry of a run's journal. */
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
  /** By name; of a name that several tasks used, the entry of the outer one. */
  entries: ReadonlyMap<string, Entry>;
  /** How the tasks of its parts stand, by the path of the part in the run. */
  parts: ReadonlyMap<string, TaskState>;
  /** How the root task stands; `null` when it is gone. */
  root: TaskState | null;
  /** The engine's clock, in milliseconds. */
  now: number;
  /** Written by the interpreter, which records whatever it decides; other programs leave gaps. */
  isComplete: boolean;
};

/** The records of a run, to look things up. */
export class Book {
  private readonly begun = new Set<string>();

  constructor(readonly records: Records) {
    for (const name of [...records.entries.keys(), ...records.parts.keys()])
      for (const { index } of `${name}/`.matchAll(/[/.[~]/g)) this.begun.add(name.slice(0, index));
  }

  get(name: string): Entry | undefined {
    return this.records.entries.get(name);
  }

  /** Whether the operator at a path in the run, or anything inside of it, left a trace. */
  hasBegun(path: string): boolean {
    return this.begun.has(path);
  }

  /** The attempt that an operator is at, from 1. */
  attemptAt(path: string): number {
    let attempt = 1;
    while (this.get(`${path}/attempt/${attempt}`)) attempt += 1;
    return attempt;
  }
}
