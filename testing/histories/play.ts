import type { Pool, PoolClient } from "pg";
import { History } from "./history";

/** A choice of fast-check: which action, and a number from which its details are derived. */
export type Choice = readonly [action: number, detail: number];

const BEGIN = Date.parse("2026-03-02T12:00:00.000Z");
const WORKERS = ["w-1", "w-2", "w-3"];
const EVENTS = ["paid", "shipped"];
const STEPS = ["charge", "pack", "mail"];

/** Task options, in the order of the arguments of `spawn_task`. */
const OPTIONS = [
  {},
  { max_attempts: 1 },
  { max_attempts: 3, retry_strategy: { kind: "fixed", base_seconds: 20 } },
  { max_attempts: 5, retry_strategy: { kind: "exponential", base_seconds: 4, factor: 3 } },
  { max_attempts: 4, cancellation: { max_duration: 90 } },
  { max_attempts: 2, cancellation: { max_delay: 40 } },
  { cancellation: { max_duration: 300, max_delay: 200 } },
];
const POISON = { max_attempts: 2, cancellation: { max_duration: 1.5 } };

const REASONS = [
  { name: "Error", message: "no answer" },
  { name: "Refused", message: "\u001b[31mrefused\u001b[0m", code: "ECONN" },
  { error: "connection refused" },
  ["a", 1],
  503,
  "plain text",
  { name: "Large", message: "too long", stack: "at x\n".repeat(20_000) },
];
/** How a sentence shows each of these options. */
const SHOWN = [
  "Error: no answer",
  "Refused: refused",
  '{"error": "connection refused"}',
  '["a", 1]',
  "503",
  "plain text",
  "Large: too long",
];

type Held = { runId: string; taskId: string; worker: string; touched: boolean };

/**
 * Plays workers, clients and operators against the real engine on its own clock, as the choices determine, and records
 * a full history. An action that the engine refuses changes nothing and isn't recorded.
 */
export class Play {
  readonly history: History;
  /** The engine's clock, in milliseconds. */
  clock = BEGIN;
  private readonly client: PoolClient;
  private held: Held[] = [];
  private steps = 0;

  private constructor(client: PoolClient, history: History) {
    this.client = client;
    this.history = history;
  }

  static async begin(pool: Pool, client: PoolClient, queue: string): Promise<Play> {
    const play = new Play(client, new History(pool, queue));
    await play.run("select absurd.create_queue($1)", [queue]);
    await play.history.takePicture(play.clock);
    return play;
  }

  async act([action, detail]: Choice): Promise<void> {
    this.clock += 1 + (detail % 7) * 130;
    const kind = action % 20;
    if (kind < 4) await this.spawn(detail);
    else if (kind < 8) await this.claim(detail);
    else if (kind < 15) await this.workOn(detail, kind);
    else if (kind === 15) await this.emit(detail);
    else if (kind === 16) await this.intervene(detail);
    else this.clock += [900, 4_000, 12_000, 25_000, 61_000, 130_000][detail % 6] ?? 0;
    await this.history.takePicture(this.clock);
  }

  /** Runs a statement on the engine's clock in a transaction that is rolled back, to see what would happen. */
  async foresee<T extends object>(
    at: number,
    text: string,
    values: unknown[],
  ): Promise<T[] | null> {
    await this.client.query("begin");
    try {
      await this.setClock(at);
      await this.client.query(text, values);
      const { rows } = await this.client.query<T>(
        `select task_id as "taskId", state, attempts from absurd."t_${this.history.queue}"`,
      );
      return rows;
    } catch {
      return null;
    } finally {
      await this.client.query("rollback");
    }
  }

  private async spawn(detail: number): Promise<void> {
    const options = detail % 67 === 0 ? POISON : (OPTIONS[detail % OPTIONS.length] ?? {});
    await this.run("select absurd.spawn_task($1, 'work', '1', $2)", [
      this.history.queue,
      JSON.stringify(options),
    ]);
  }

  private async claim(detail: number): Promise<void> {
    const worker = WORKERS[detail % WORKERS.length] ?? "";
    const lease = [10, 30, 30, 120, 0][detail % 5] ?? 30;
    const claimed = await this.run<{ run_id: string; task_id: string }>(
      "select run_id, task_id from absurd.claim_task($1, $2, $3, $4)",
      [this.history.queue, worker, lease, 1 + (detail % 2)],
    );
    for (const { run_id: runId, task_id: taskId } of claimed ?? []) {
      this.held = this.held.filter((one) => one.runId !== runId);
      this.held.push({ runId, taskId, worker, touched: false });
      this.history.record(this.clock, { kind: "claim", runId, worker, lease });
    }
  }

  /** What a worker does with a run that it holds or believes it holds. */
  private async workOn(detail: number, kind: number): Promise<void> {
    const held = this.held[detail % Math.max(this.held.length, 1)];
    if (!held) return;
    const { history } = this;
    const { runId, taskId } = held;
    const step = `${STEPS[detail % STEPS.length]}-${this.steps++}`;
    const save = (value: unknown) =>
      this.run("select absurd.set_task_checkpoint_state($1, $2, $3, $4, $5, $6)", [
        history.queue,
        taskId,
        step,
        JSON.stringify(value),
        runId,
        detail % 3 === 0 ? 20 : null,
      ]);
    const whileAsleep = this.stateOf(runId) === "sleeping";
    switch (kind) {
      case 8:
      case 9:
        if (await save(detail))
          history.record(this.clock, { kind: "checkpoint", runId, step, whileAsleep });
        held.touched = true;
        return;
      case 10:
        return this.sleep(held, step, save, detail);
      case 11: {
        const event = EVENTS[detail % EVENTS.length] ?? "";
        const timeout = [null, 20, 60][detail % 3] ?? null;
        const result = await this.run<{ should_suspend: boolean }>(
          "select should_suspend from absurd.await_event($1, $2, $3, $4, $5, $6)",
          [history.queue, taskId, runId, `$awaitEvent:${event}`, event, timeout],
        );
        if (!result?.[0]?.should_suspend) return;
        const deadline = timeout === null ? Infinity : this.clock + timeout * 1000;
        history.record(this.clock, { kind: "await", runId, event, step, deadline });
        return this.release(held);
      }
      case 12: {
        // An SDK defers a task with an unknown name before doing anything else.
        if (held.touched) return;
        const seconds = 15 + (detail % 15);
        if (!(await this.schedule(runId, seconds))) return;
        const until = this.clock + seconds * 1000;
        history.record(this.clock, { kind: "put-back", runId, until });
        this.held = this.held.filter((one) => one !== held);
        return;
      }
      case 13: {
        const error = detail % REASONS.length;
        const failed = await this.run("select absurd.fail_run($1, $2, $3)", [
          history.queue,
          runId,
          JSON.stringify(REASONS[error]),
        ]);
        if (failed)
          history.record(this.clock, {
            kind: "fail",
            runId,
            error: SHOWN[error] ?? "",
            whileAsleep,
          });
        return this.release(held);
      }
      default:
        if (await this.run("select absurd.complete_run($1, $2, '1')", [history.queue, runId]))
          this.release(held);
    }
  }

  /** Sleeps like an SDK: stores the wake time by the worker's clock, then suspends for the time left by that clock. */
  private async sleep(
    held: Held,
    step: string,
    save: (value: unknown) => Promise<unknown>,
    detail: number,
  ): Promise<void> {
    const clockBehind = detail % 5 === 0 ? 60_000 : 0;
    const seconds = [5, 20, 45, 400][detail % 4] ?? 5;
    const until = this.clock - clockBehind + seconds * 1000;
    if (!(await save(new Date(until).toISOString()))) return;
    const { runId } = held;
    const whileAsleep = this.stateOf(runId) === "sleeping";
    this.history.record(this.clock, { kind: "checkpoint", runId, step, whileAsleep });
    held.touched = true;
    if (!(await this.schedule(runId, seconds))) return;
    this.history.record(this.clock, { kind: "sleep", runId, step, until, clockBehind });
    this.release(held);
  }

  private stateOf(runId: string) {
    return this.history.now.runs.find((run) => run.runId === runId)?.state;
  }

  private schedule(runId: string, seconds: number): Promise<unknown[] | null> {
    return this.run(
      "select absurd.schedule_run($1, $2, absurd.current_time() + make_interval(secs => $3))",
      [this.history.queue, runId, seconds],
    );
  }

  /** The run is suspended or has ended; a worker that swallows its suspension sometimes continues with it. */
  private release(held: Held): void {
    if (this.steps % 9 === 0) return;
    this.held = this.held.filter((one) => one !== held);
  }

  private async emit(detail: number): Promise<void> {
    const event = `${EVENTS[detail % EVENTS.length]}`;
    if (await this.run("select absurd.emit_event($1, $2, $3)", [this.history.queue, event, "7"]))
      this.history.record(this.clock, { kind: "emit", event });
  }

  private async intervene(detail: number): Promise<void> {
    const { tasks } = this.history.now;
    const task = tasks[detail % Math.max(tasks.length, 1)];
    if (!task) return;
    const { queue } = this.history;
    if (task.state === "failed") {
      if (await this.run("select absurd.retry_task($1, $2, '{}')", [queue, task.taskId]))
        this.history.record(this.clock, { kind: "retry", taskId: task.taskId });
    } else await this.run("select absurd.cancel_task($1, $2)", [queue, task.taskId]);
  }

  /** The rows, or `null` if the engine refuses. */
  private async run<T extends object>(text: string, values: unknown[]): Promise<T[] | null> {
    await this.setClock(this.clock);
    try {
      return (await this.client.query<T>(text, values)).rows;
    } catch {
      return null;
    }
  }

  private setClock(at: number) {
    return this.client.query("select set_config('absurd.fake_now', $1, false)", [
      new Date(at).toISOString(),
    ]);
  }
}
