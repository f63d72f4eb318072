import { Absurd, type SpawnOptions, type TaskContext } from "absurd-sdk";
import type { Pool } from "pg";
import type { TaskDetail } from "@/lib/model/task";
import { getDetail } from "./task-detail";
import type { TravellingClock } from "./travelling-clock";

type Handler = (ctx: TaskContext, stage: Stage) => Promise<unknown>;

const SILENT = { log() {}, info() {}, warn() {}, error() {} };

/** One queue, one task, and real workers that claim on demand. */
export class Stage {
  taskId = "";
  runId = "";
  /** Set by `capture` inside a handler. */
  captured: TaskDetail | null = null;
  readonly pool: Pool;
  readonly queue: string;
  readonly clock: TravellingClock;
  private readonly client: Absurd;
  private gone = () => {};

  constructor(pool: Pool, queue: string, clock: TravellingClock) {
    this.pool = pool;
    this.queue = queue;
    this.clock = clock;
    this.client = new Absurd({ db: pool, queueName: queue, log: SILENT });
  }

  /** Advances the clock by seconds, in a handler or between claims. */
  pass(seconds: number): void {
    this.clock.advance(seconds);
  }

  async spawn(options: SpawnOptions = {}, name = "fulfil-order"): Promise<void> {
    await this.client.createQueue(this.queue);
    const spawned = await this.client.spawn(name, { order: 42 }, { queue: this.queue, ...options });
    this.taskId = spawned.taskID;
    this.runId = spawned.runID;
  }

  /** One poll by one worker, which runs claimed tasks with this handler. */
  async work(worker: string, handler: Handler, lease = 60, name = "fulfil-order"): Promise<void> {
    const client = new Absurd({ db: this.pool, queueName: this.queue, log: SILENT });
    client.registerTask({ name }, (_params, ctx) => handler(ctx, this));
    const gone = new Promise<void>((resolve) => {
      this.gone = resolve;
    });
    await Promise.race([client.workBatch(worker, lease, 1), gone]);
  }

  /** Simulates the loss of the worker that calls this: it never returns, and its lease remains. */
  vanish(): Promise<never> {
    this.gone();
    return new Promise(() => {});
  }

  /** One poll by a worker that has registered the task for another queue. */
  async workMisconfigured(worker: string, name = "fulfil-order"): Promise<void> {
    const client = new Absurd({ db: this.pool, queueName: this.queue, log: SILENT });
    client.registerTask({ name, queue: "another" }, async () => null);
    await client.workBatch(worker, 60, 1);
  }

  /** A poll by a worker without registered tasks: it claims nothing, but the engine sweeps expired leases. */
  async poll(worker = "worker-idle"): Promise<void> {
    const client = new Absurd({ db: this.pool, queueName: this.queue, log: SILENT });
    await client.workBatch(worker, 60, 1);
  }

  emit(event: string, payload: string | number | null = null): Promise<void> {
    return this.client.emitEvent(event, payload, this.queue);
  }

  cancel(): Promise<void> {
    return this.client.cancelTask(this.taskId, this.queue);
  }

  async retry(): Promise<void> {
    await this.client.retryTask(this.taskId, { queue: this.queue });
  }

  /** An operator's statement, with `{t}`, `{r}` and so on for the queue's tables. */
  async sql(text: string, values: unknown[] = []): Promise<void> {
    await this.pool.query(
      text.replaceAll(/\{(\w)\}/g, (_, kind) => `absurd."${kind}_${this.queue}"`),
      values,
    );
  }

  async capture(): Promise<void> {
    this.captured = await getDetail(this.pool, this.queue, this.taskId);
  }
}
