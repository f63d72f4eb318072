import type { CheckpointRow, EventRow, RunRow, Snapshot, TaskRow, WaitRow } from "./rows";

/** Choices of the engine that the model follows: ids of inserted rows, and which of several equal rows it deleted. */
export type Oracle = {
  newTask: () => string;
  newRun: (taskId: string, attempt: number) => string;
  keptTask: (taskId: string) => boolean;
  keptEvent: (name: string) => boolean;
};

/** State of one queue in memory, and the transitions that it has made. */
export class World {
  now: number;
  tasks = new Map<string, TaskRow>();
  runs = new Map<string, RunRow>();
  checkpoints = new Map<string, CheckpointRow>();
  events = new Map<string, EventRow>();
  waits = new Map<string, WaitRow>();

  constructor(
    readonly queue: string,
    readonly partitioned: boolean,
    now: number,
    readonly reached: Set<string>,
  ) {
    this.now = now;
  }

  /** Runs `change`; if it throws, the world is restored, like the database. */
  atomically<T>(change: () => T): T {
    const { tasks, runs, checkpoints, events, waits } = structuredClone({
      tasks: this.tasks,
      runs: this.runs,
      checkpoints: this.checkpoints,
      events: this.events,
      waits: this.waits,
    });
    try {
      return change();
    } catch (refusal) {
      Object.assign(this, { tasks, runs, checkpoints, events, waits });
      throw refusal;
    }
  }

  writeRun(run: RunRow, transition: string, effect: Partial<RunRow>): void {
    this.reached.add(`run ${transition}`);
    Object.assign(run, effect);
  }

  writeTask(task: TaskRow, transition: string, effect: Partial<TaskRow>): void {
    this.reached.add(`task ${transition}`);
    Object.assign(task, effect);
  }

  writeCheckpoint(taskId: string, step: string, state: string | null, owner: string): void {
    this.checkpoints.set(`${taskId} ${step}`, {
      task_id: taskId,
      checkpoint_name: step,
      state,
      status: "committed",
      owner_run_id: owner,
      updated_at: this.now,
    });
  }

  deleteWaits(matches: (wait: WaitRow) => boolean): void {
    for (const [key, wait] of this.waits) if (matches(wait)) this.waits.delete(key);
  }

  getTask(run: RunRow): TaskRow {
    const task = this.tasks.get(run.task_id);
    if (!task) throw new Error(`the model lost task ${run.task_id}`);
    return task;
  }

  listRuns(taskId: string): RunRow[] {
    return [...this.runs.values()].filter((run) => run.task_id === taskId);
  }

  snapshot(): Snapshot {
    const tasks = sorted(this.tasks.values(), (task) => task.task_id);
    const keys = tasks.flatMap(({ idempotency_key, task_id }) =>
      idempotency_key === null ? [] : [{ idempotency_key, task_id }],
    );
    return {
      tasks,
      runs: sorted(this.runs.values(), (run) => run.run_id),
      checkpoints: sorted(
        this.checkpoints.values(),
        (row) => `${row.task_id} ${row.checkpoint_name}`,
      ),
      events: sorted(this.events.values(), (event) => event.event_name),
      waits: sorted(this.waits.values(), (wait) => `${wait.run_id} ${wait.step_name}`),
      keys: this.partitioned ? sorted(keys, (row) => row.idempotency_key) : [],
    };
  }
}

/** Sorted by text as the database sorts uuids and names in the C collation. */
export function sorted<T>(rows: Iterable<T>, key: (row: T) => string): T[] {
  return [...rows].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}
