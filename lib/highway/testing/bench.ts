import { setTimeout } from "node:timers/promises";
import { Absurd } from "absurd-sdk";
import type { Pool } from "pg";
import type { Queryable } from "../../absurd/connection/queryable.ts";
import { call, queueTable } from "../../absurd/connection/sql.ts";
import { rescheduleRun } from "../../absurd/runs/reschedule.ts";
import { getTaskResult } from "../../absurd/tasks/tasks.ts";
import type { Uuid } from "../../model/ids.ts";
import type { Json } from "../../model/json.ts";
import { listScopes } from "../model/scopes.ts";
import type { Workflow } from "../model/workflow.ts";
import type { FunctionCall, WorkflowFunction } from "../run/functions.ts";
import { type StartOptions, startWorkflow } from "../run/start.ts";
import { type HighwayOptions, registerHighway } from "../run/worker.ts";

/**
 * No run of a test takes this long. A limit on the number of rounds would be reached sooner on a faster machine.
 */
const MAX_MS = 300_000;

const silent = { log() {}, info() {}, warn() {}, error() {} };

/** One function that plays all functions of a workflow. */
export function playFunctions(
  workflow: Workflow,
  play: (id: string, call: FunctionCall) => unknown,
): Record<string, WorkflowFunction> {
  const operators = listScopes(workflow).flatMap(({ scope }) => [...scope.operators.values()]);
  const names = operators.flatMap((one) =>
    "function" in one && !one.function.startsWith("tools.") ? one.function : [],
  );
  const idOf = (path: string) => (path.split("/").at(-1) ?? "").replace(/[~@].*$/, "");
  const fn = (called: FunctionCall) => play(idOf(called.path), called);
  return Object.fromEntries(names.map((name) => [name, fn]));
}

/** A worker of the SDK on its own queue, driven step by step. */
export class Bench {
  readonly app: Absurd;
  /** Called after each execution of a task. */
  afterExecution: () => unknown = () => {};

  constructor(
    readonly pool: Pool,
    readonly queue: string,
    options: Omit<HighwayOptions, "db" | "queue"> & { db?: Queryable },
  ) {
    this.app = new Absurd({ queueName: queue, db: pool, log: silent });
    registerHighway(this.app, { db: pool, queue, ...options });
  }

  async start(workflow: Workflow, options: StartOptions = {}) {
    return startWorkflow(this.pool, this.queue, workflow, {
      recovery: { maxAttempts: 200, baseSeconds: 0, maxSeconds: 0 },
      ...options,
    });
  }

  /**
   * Works until the task has ended. If nothing is due, timed sleeps end at once, `wake` responds to waits for
   * events, and waits that `wake` ignores end when they are due, however late.
   *
   * @throws Error if the task fails or is cancelled, and if nothing will ever be due.
   */
  async finish(
    taskId: Uuid,
    wake: (event: string) => "time out" | Json | undefined = () => undefined,
  ): Promise<Json> {
    for (const began = Date.now(); Date.now() - began < MAX_MS; ) {
      await this.app.workBatch("bench", 60, 1);
      await this.afterExecution();
      const result = await getTaskResult(this.pool, this.queue, taskId);
      if (result?.state === "completed") return result.result ?? null;
      if (result?.state === "failed" || result?.state === "cancelled")
        throw new Error(`the task has ${result.state}: ${JSON.stringify(result)}`);
      if (await this.hasWork()) continue;
      await this.passTime(wake);
      await this.untilDue();
    }
    throw new Error("the task does not end");
  }

  private async hasWork(): Promise<boolean> {
    return (await this.secondsUntilDue()) <= 0;
  }

  /** Sleeps until a run is due. */
  private async untilDue(): Promise<void> {
    const seconds = await this.secondsUntilDue();
    if (seconds === Number.POSITIVE_INFINITY) throw new Error("nothing wakes the task");
    // Wakes at short intervals to notice what another worker has woken.
    if (seconds > 0) await setTimeout(Math.min(seconds * 1000 + 1, 500));
  }

  /** By the database's clock; infinite if nothing will be due. */
  private async secondsUntilDue(): Promise<number> {
    const [row] = await call<{ seconds: number | null }>(
      this.pool,
      `select min(case state when 'running' then 0.5 else
                extract(epoch from available_at - absurd.current_time())::float8 end) as seconds
         from ${queueTable("r", this.queue)}
        where state in ('pending', 'sleeping', 'running')`,
    );
    return row?.seconds ?? Number.POSITIVE_INFINITY;
  }

  private async passTime(wake: (event: string) => "time out" | Json | undefined): Promise<void> {
    const sleeping = await call<{ run_id: string; wake_event: string | null }>(
      this.pool,
      `select run_id, wake_event from ${queueTable("r", this.queue)} where state = 'sleeping'`,
    );
    for (const { run_id: runId, wake_event: event } of sleeping) {
      const answer = event === null ? "time out" : wake(event);
      if (answer === "time out") await rescheduleRun(this.pool, this.queue, { runId, at: "now" });
      else if (event !== null && answer !== undefined)
        await this.app.emitEvent(event, answer as never);
    }
  }
}
