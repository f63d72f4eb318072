import { getCheckpoints, setCheckpoint } from "../../absurd/checkpoints.ts";
import type { Queryable } from "../../absurd/types.ts";
import type { Uuid } from "../../model/ids.ts";
import type { Json } from "../../model/json.ts";

/** The run of the engine that executes, and where. */
export type Execution = { db: Queryable; queue: string; taskId: Uuid; runId: Uuid };

/**
 * What a task has recorded. Each entry is a checkpoint; it is written once and decides every later execution, so that
 * a run that was interrupted anywhere continues as if it had not been.
 */
export class Journal {
  private constructor(
    readonly execution: Execution,
    private readonly entries: Map<string, Json>,
  ) {}

  /** Reads what this run may rely on. @throws RunNotFoundError. */
  static async open(execution: Execution): Promise<Journal> {
    const { db, queue, taskId, runId } = execution;
    const checkpoints = await getCheckpoints(db, queue, taskId, runId);
    const entries = checkpoints.map(({ name, state }): [string, Json] => [name, state ?? null]);
    return new Journal(execution, new Map(entries));
  }

  /** `undefined` when there is no such entry. */
  get(name: string): Json | undefined {
    return this.entries.get(name);
  }

  /** Whether the operator at a path, or anything inside of it, has left an entry. */
  hasBegun(path: string): boolean {
    if (this.entries.has(path)) return true;
    return [...this.entries.keys()].some(
      (name) => name.startsWith(path) && /^[/.[~]/.test(name.slice(path.length)),
    );
  }

  /**
   * Records entries, in their order; with `together` in the transaction of other engine calls.
   *
   * @throws TaskCancelledError, RunFailedError when the run is not this worker's any more.
   */
  async put(entries: Record<string, Json>, together: Queryable = this.execution.db): Promise<void> {
    const { queue, taskId, runId } = this.execution;
    for (const [stepName, state] of Object.entries(entries))
      await setCheckpoint(together, queue, { taskId, stepName, state, ownerRunId: runId });
    this.remember(entries);
  }

  /** Takes note of what the engine has recorded by itself. */
  remember(entries: Record<string, Json>): void {
    for (const [name, value] of Object.entries(entries)) this.entries.set(name, value);
  }

  /** The recorded value, or the one that `make` yields, which is recorded. */
  async once(name: string, make: () => Json | Promise<Json>): Promise<Json> {
    const known = this.get(name);
    if (known !== undefined) return known;
    const value = await make();
    await this.put({ [name]: value });
    return value;
  }
}
