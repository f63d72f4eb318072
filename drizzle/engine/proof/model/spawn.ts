import { canonical, write } from "./canonical";
import { RUN_EFFECTS, TASK_EFFECTS } from "./effects";
import { plain } from "./refusal";
import { retryDelay } from "./retry";
import type { RunRow, TaskRow } from "./rows";
import type { Oracle, World } from "./world";

export type SpawnOptions = {
  headers?: unknown;
  retry_strategy?: unknown;
  max_attempts?: number | null;
  cancellation?: unknown;
  idempotency_key?: string;
};

type Spawned = { task_id: string; run_id: string | null; attempt: number; created: boolean };

export function spawnTask(
  world: World,
  name: string,
  params: string | null,
  options: SpawnOptions,
  oracle: Oracle,
): Spawned[] {
  const stored = (value: unknown) => (value === undefined ? null : write(value));
  const strategy = stored(options.retry_strategy);
  retryDelay(strategy, 1);
  const maxAttempts = options.max_attempts ?? null;
  if (maxAttempts !== null && maxAttempts < 1) throw plain("max_attempts must be >= 1");

  const key = options.idempotency_key ?? null;
  const holder = [...world.tasks.values()].find(
    (task) => key !== null && task.idempotency_key === key,
  );
  if (holder) {
    world.reached.add("spawn with a known key");
    const { task_id, last_attempt_run: run_id, attempts: attempt } = holder;
    return [{ task_id, run_id, attempt, created: false }];
  }

  const taskId = oracle.newTask();
  const task: TaskRow = {
    task_id: taskId,
    task_name: name,
    params: canonical(params) ?? "null",
    headers: stored(options.headers),
    retry_strategy: strategy,
    max_attempts: maxAttempts,
    cancellation: stored(options.cancellation),
    enqueue_at: world.now,
    first_started_at: null,
    state: "pending",
    attempts: 1,
    last_attempt_run: null,
    completed_payload: null,
    cancelled_at: null,
    idempotency_key: key,
  };
  world.tasks.set(taskId, task);
  const run = insertRun(world, taskId, 1, oracle);
  task.last_attempt_run = run.run_id;
  return [{ task_id: taskId, run_id: run.run_id, attempt: 1, created: true }];
}

export function insertRun(
  world: World,
  taskId: string,
  attempt: number,
  oracle: Oracle,
  availableAt?: number,
): RunRow {
  const run: RunRow = {
    run_id: oracle.newRun(taskId, attempt),
    task_id: taskId,
    attempt,
    ...RUN_EFFECTS.insert(world.now, availableAt),
  };
  world.reached.add(`run inserted ${run.state}`);
  world.runs.set(run.run_id, run);
  return run;
}

export function retryTask(
  world: World,
  taskId: string,
  options: { max_attempts?: number; spawn_new?: boolean },
  oracle: Oracle,
): Spawned[] {
  const given = options.max_attempts;
  if (given !== undefined && given < 1) throw plain("max_attempts must be >= 1");
  const task = world.tasks.get(taskId);
  if (!task) throw plain(`Task "${taskId}" not found in queue "${world.queue}"`);
  if (task.state !== "failed")
    throw plain(`Task "${taskId}" is not currently failed in queue "${world.queue}"`);

  if (options.spawn_new) {
    world.reached.add("retry as a new task");
    const copied = withoutNulls({
      headers: parse(task.headers),
      retry_strategy: parse(task.retry_strategy),
      cancellation: parse(task.cancellation),
      max_attempts: given ?? task.max_attempts,
    });
    return spawnTask(world, task.task_name, task.params, copied as SpawnOptions, oracle);
  }

  const requested = given ?? (task.max_attempts ?? task.attempts) + 1;
  if (requested <= task.attempts)
    throw plain(
      `max_attempts (${requested}) must be greater than current attempts (${task.attempts})`,
    );
  const run = insertRun(world, taskId, task.attempts + 1, oracle);
  world.writeTask(task, "retry", TASK_EFFECTS.retry(task, run, requested));
  return [{ task_id: taskId, run_id: run.run_id, attempt: run.attempt, created: false }];
}

const parse = (text: string | null): unknown => (text === null ? null : JSON.parse(text));

function withoutNulls(value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([key, member]) => [key, withoutNulls(member)]),
  );
}
