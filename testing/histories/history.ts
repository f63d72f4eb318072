import type { Pool } from "pg";
import type { TaskState } from "@/lib/model/states";

/** One row of a run as stored in the database; instants in milliseconds, `Infinity` for a wait without timeout. */
export type RunRow = {
  runId: string;
  taskId: string;
  attempt: number;
  state: TaskState;
  worker: string | null;
  leaseEnd: number | null;
  due: number;
  startedAt: number | null;
  createdAt: number;
  wakeEvent: string | null;
};

export type TaskRow = { taskId: string; name: string; state: TaskState; attempts: number };

/** Everything that a queue held from an instant until the next picture. Nothing changes in between. */
export type Picture = { at: number; runs: RunRow[]; tasks: TaskRow[] };

/** What workers, clients and operators did, and when. Recorded when it is done, never derived from rows. */
export type Action =
  | { kind: "claim"; runId: string; worker: string; lease: number }
  | { kind: "checkpoint"; runId: string; step: string; whileAsleep: boolean }
  | { kind: "sleep"; runId: string; step: string; until: number; clockBehind: number }
  | { kind: "await"; runId: string; event: string; step: string; deadline: number }
  | { kind: "put-back"; runId: string; until: number }
  | { kind: "emit"; event: string }
  | { kind: "fail"; runId: string; error: string; whileAsleep: boolean }
  | { kind: "retry"; taskId: string };

/** The full history of one queue: every action and every state. */
export class History {
  readonly actions: (Action & { at: number })[] = [];
  readonly pictures: Picture[] = [];
  readonly queue: string;
  private readonly pool: Pool;

  constructor(pool: Pool, queue: string) {
    this.pool = pool;
    this.queue = queue;
  }

  record(at: number, action: Action): void {
    this.actions.push({ ...action, at });
  }

  /** Takes a picture of all rows, with a statement that is independent of the dashboard's queries. */
  async takePicture(at: number): Promise<void> {
    const ms = (column: string) =>
      `case when isfinite(${column}) then floor(extract(epoch from ${column}) * 1000) when ${column} is not null then -1 end`;
    const { rows } = await this.pool.query(
      `select
        coalesce((select json_agg(json_build_object('runId', run_id, 'taskId', task_id, 'attempt', attempt,
          'state', state, 'worker', claimed_by, 'leaseEnd', ${ms("claim_expires_at")}, 'due', ${ms("available_at")},
          'startedAt', ${ms("started_at")}, 'createdAt', ${ms("created_at")}, 'wakeEvent', wake_event)
          order by task_id, attempt) from absurd."r_${this.queue}"), '[]') as runs,
        coalesce((select json_agg(json_build_object('taskId', task_id, 'name', task_name, 'state', state,
          'attempts', attempts)) from absurd."t_${this.queue}"), '[]') as tasks`,
    );
    const { runs, tasks } = rows[0] as { runs: RunRow[]; tasks: TaskRow[] };
    const known = runs.map((run) => ({ ...run, due: run.due === -1 ? Infinity : run.due }));
    this.pictures.push({ at, runs: known, tasks });
  }

  /** The last picture taken at or before an instant. */
  pictureAt(at: number): Picture | undefined {
    return this.pictures.findLast((picture) => picture.at <= at);
  }

  get now(): Picture {
    const last = this.pictures.at(-1);
    if (!last) throw new Error("No picture was taken.");
    return last;
  }

  /** The states of a run, oldest first, each with the instant at which it started. */
  statesOf(runId: string): RunState[] {
    const states: RunState[] = [];
    for (const { at, runs } of this.pictures) {
      const row = runs.find((run) => run.runId === runId);
      const last = states.at(-1)?.row;
      if (row && (row.state !== last?.state || row.due !== last.due)) states.push({ at, row });
    }
    return states;
  }

  findLastAction<Kind extends Action["kind"]>(
    kind: Kind,
    belongs: (action: Extract<Action, { kind: Kind }> & { at: number }) => boolean = () => true,
  ): (Extract<Action, { kind: Kind }> & { at: number }) | undefined {
    return this.actions.findLast(
      (action): action is Extract<Action, { kind: Kind }> & { at: number } =>
        action.kind === kind && belongs(action as Extract<Action, { kind: Kind }> & { at: number }),
    );
  }
}

export type RunState = { at: number; row: RunRow };
