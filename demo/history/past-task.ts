import type { Random } from "@/demo/random";
import type { Json } from "@/lib/model/json";
import { isActive } from "@/lib/model/states";
import type { CheckpointRow, RunRow, TaskRow, WaitRow } from "./rows";

export type PastTaskOptions = {
  params: Json;
  headers?: Json;
  maxAttempts?: number;
  retry?: { kind: "fixed" | "exponential"; base_seconds: number; factor?: number };
  cancellation?: { max_delay?: number; max_duration?: number };
  idempotencyKey?: string;
};

/**
 * A task as the engine would have left it. Each method is one engine call at a given instant and changes the rows
 * exactly as that call does, so the rows satisfy the engine's invariants for any sequence of calls. Calls must be made
 * in chronological order.
 */
export class PastTask {
  readonly task: TaskRow;
  readonly runs: RunRow[] = [];
  readonly checkpoints: CheckpointRow[] = [];
  wait: WaitRow | undefined;
  /** Names of all events it ever waited for. Each has at least the engine's sentinel row. */
  readonly awaited: string[] = [];
  /** Instant of the last call. */
  at: number;
  private lease = 0;
  private readonly retry: PastTaskOptions["retry"];
  private readonly maxDuration: number | undefined;
  /** Counts repeated steps across attempts, since a retry replays the steps it finds. */
  private readonly uses = new Map<string, number>();

  constructor(
    readonly queue: string,
    name: string,
    at: number,
    private readonly random: Random,
    options: PastTaskOptions,
  ) {
    this.at = at;
    const task_id = idAt(at, random);
    this.task = {
      task_id,
      task_name: name,
      params: { json: options.params },
      headers: options.headers === undefined ? null : { json: options.headers },
      retry_strategy: options.retry ? { json: options.retry } : null,
      max_attempts: options.maxAttempts ?? 5,
      cancellation: options.cancellation ? { json: options.cancellation } : null,
      enqueue_at: at,
      first_started_at: null,
      state: "pending",
      attempts: 1,
      last_attempt_run: "",
      completed_payload: null,
      cancelled_at: null,
      idempotency_key: options.idempotencyKey ?? null,
    };
    this.retry = options.retry;
    this.maxDuration = options.cancellation?.max_duration;
    this.addRun(at, at);
  }

  get run(): RunRow {
    return this.runs.at(-1) as RunRow;
  }

  /** Whether the task has not ended. */
  get isActive(): boolean {
    return isActive(this.task.state);
  }

  /** A worker claims the run some time after it became ready. */
  claim(worker: string, leaseSeconds: number, delay = 100 + this.random.gap(700)): this {
    const at = Math.ceil(Math.max(this.at, this.run.available_at) + delay);
    this.set("running", at);
    Object.assign(this.run, { claimed_by: worker, available_at: at, started_at: at });
    this.task.first_started_at ??= at;
    if (this.wait?.timeout_at && this.wait.timeout_at <= at) this.wait = undefined;
    this.lease = leaseSeconds * 1000;
    return this.extend();
  }

  /**
   * A step that takes some seconds and writes its checkpoint, which also extends the lease. `undefined` becomes SQL
   * NULL.
   */
  step(name: string, state: Json | undefined, seconds: number): this {
    this.at += Math.ceil(seconds * 1000);
    this.write(name, state);
    return this.extend();
  }

  heartbeat(seconds: number): this {
    this.at += Math.ceil(seconds * 1000);
    return this.extend();
  }

  /** A durable sleep: its checkpoint holds the wake time. */
  sleepUntil(name: string, wakeAt: number): this {
    this.at += 5;
    this.write(name, new Date(wakeAt).toISOString());
    this.suspend(wakeAt, null);
    return this;
  }

  /** Suspends on an event, with or without a timeout in seconds. */
  awaitEvent(event: string, timeoutSeconds?: number): this {
    this.at += 5;
    this.awaited.push(event);
    const deadline = timeoutSeconds === undefined ? null : this.at + timeoutSeconds * 1000;
    this.wait = {
      task_id: this.task.task_id,
      run_id: this.run.run_id,
      step_name: this.checkpointName(`$awaitEvent:${event}`),
      event_name: event,
      timeout_at: deadline,
      created_at: this.at,
    };
    this.suspend(deadline ?? Number.POSITIVE_INFINITY, event);
    this.run.event_payload = null;
    return this;
  }

  /** The awaited event is emitted: its payload becomes the checkpoint, and the run is ready again. */
  wake(payload: Json, at: number): this {
    if (!this.wait) throw new Error("Only a task that waits can be woken.");
    this.set("pending", at);
    this.checkpoints.push(this.row(this.wait.step_name, payload));
    Object.assign(this.run, {
      available_at: at,
      wake_event: null,
      event_payload: { json: payload },
    });
    this.wait = undefined;
    return this;
  }

  complete(result: Json, seconds = 0.02): this {
    this.set("completed", this.at + Math.ceil(seconds * 1000));
    Object.assign(this.run, { completed_at: this.at, result: { json: result } });
    this.task.completed_payload = { json: result };
    return this;
  }

  /** The handler throws. The engine schedules the next attempt or fails the task. */
  fail(reason: Json, seconds: number): this {
    return this.failAt(reason, this.at + Math.ceil(seconds * 1000));
  }

  /** The worker dies; the next poll after the lease's expiry fails the run. */
  loseLease(): this {
    const expired = this.run.claim_expires_at ?? this.at;
    const reason = {
      name: "$ClaimTimeout",
      message: "worker did not finish task within claim interval",
      workerId: this.run.claimed_by,
      claimExpiredAt: new Date(expired).toISOString().replace("Z", "+00:00"),
      attempt: this.run.attempt,
    };
    return this.failAt(reason, expired + this.random.int(50, 1_000));
  }

  /** Cancelled by an operator, or by its policy at a poll after the deadline. */
  cancel(at: number): this {
    this.set("cancelled", at);
    Object.assign(this.run, { claimed_by: null, claim_expires_at: null });
    this.task.cancelled_at = at;
    this.wait = undefined;
    return this;
  }

  private failAt(reason: Json, at: number): this {
    const failed = this.run;
    this.set("failed", at);
    Object.assign(failed, { failed_at: at, wake_event: null, failure_reason: { json: reason } });
    this.wait = undefined;
    if (failed.attempt + 1 > (this.task.max_attempts ?? Number.POSITIVE_INFINITY)) return this;
    const next = at + this.retryDelay(failed.attempt) * 1000;
    const started = this.task.first_started_at ?? at;
    if (this.maxDuration !== undefined && next - started >= this.maxDuration * 1000) {
      this.task.state = "cancelled";
      this.task.cancelled_at = at;
      return this;
    }
    this.addRun(at, next);
    return this;
  }

  private retryDelay(attempt: number): number {
    if (!this.retry) return 0;
    const { kind, base_seconds, factor = 2 } = this.retry;
    return kind === "fixed" ? base_seconds : base_seconds * factor ** (attempt - 1);
  }

  private addRun(at: number, availableAt: number): void {
    this.runs.push({
      run_id: idAt(at, this.random),
      task_id: this.task.task_id,
      attempt: this.runs.length + 1,
      state: availableAt > at ? "sleeping" : "pending",
      claimed_by: null,
      claim_expires_at: null,
      available_at: availableAt,
      wake_event: null,
      event_payload: null,
      started_at: null,
      completed_at: null,
      failed_at: null,
      result: null,
      failure_reason: null,
      created_at: at,
    });
    this.task.state = this.run.state;
    this.task.attempts = this.runs.length;
    this.task.last_attempt_run = this.run.run_id;
  }

  private suspend(until: number, wakeEvent: string | null): void {
    this.set("sleeping", this.at);
    Object.assign(this.run, {
      claimed_by: null,
      claim_expires_at: null,
      available_at: until,
      wake_event: wakeEvent,
    });
  }

  private set(state: string, at: number): void {
    this.at = at;
    this.run.state = state;
    this.task.state = state;
  }

  private extend(): this {
    this.run.claim_expires_at = this.at + this.lease;
    return this;
  }

  private write(name: string, state: Json | undefined): void {
    this.checkpoints.push(this.row(this.checkpointName(name), state));
  }

  private row(checkpoint_name: string, state: Json | undefined): CheckpointRow {
    const { task_id } = this.task;
    return {
      task_id,
      checkpoint_name,
      state: state === undefined ? null : { json: state },
      owner_run_id: this.run.run_id,
      updated_at: this.at,
    };
  }

  /** The SDK numbers repeated names: `llm-call`, `llm-call#2`, … */
  private checkpointName(name: string): string {
    const use = (this.uses.get(name) ?? 0) + 1;
    this.uses.set(name, use);
    return use === 1 ? name : `${name}#${use}`;
  }
}

/** A UUIDv7 for an instant in milliseconds. */
function idAt(at: number, random: Random): string {
  const time = Math.floor(at).toString(16).padStart(12, "0");
  const variant = random.pick(["8", "9", "a", "b"]);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.hex(3)}-${variant}${random.hex(3)}-${random.hex(12)}`;
}
