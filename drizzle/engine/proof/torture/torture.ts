import { setTimeout as pause } from "node:timers/promises";
import { Absurd } from "absurd-sdk";
import type { Pool } from "pg";
import { KINDS, type Kind, maxAttempts } from "./tasks";
import { startWorkers } from "./worker-processes";

export type TortureOptions = {
  tasks: number;
  workers: number;
  kills: number;
  /** Lease in seconds: how long a dead worker's task stays claimed. */
  claimTimeout: number;
  /** Timeout in seconds. */
  timeoutSeconds: number;
  log?: (line: string) => void;
};

export const QUEUE = "torture";

/** A spawned task. */
export type Spawned = { taskId: string; kind: Kind; index: number };

/**
 * Spawns the tasks, runs worker processes of which some are killed and replaced, emits the events, cancels tasks, and
 * returns once no task is active and all workers have ended.
 *
 * @throws Error after the timeout.
 */
export async function torture(
  { url, pool }: { url: string; pool: Pool },
  { tasks, workers, kills, claimTimeout, timeoutSeconds, log = () => {} }: TortureOptions,
): Promise<{ spawned: Spawned[]; errors: string[] }> {
  await pool.query(`
    create table effects (task_id uuid not null, step text not null);
    create table executions (task_id uuid primary key, times integer not null default 1)`);
  const app = new Absurd({ db: pool, queueName: QUEUE });
  await app.createQueue(QUEUE, { storageMode: "partitioned" });
  const processes = startWorkers(workers, (id) => [url, QUEUE, id, String(claimTimeout)]);
  const deadline = Date.now() + timeoutSeconds * 1000;
  try {
    let spawnError: unknown;
    const spawning = spawnTasks(app, tasks);
    spawning.catch((error) => {
      spawnError = error;
    });
    for (let killed = 0; ; ) {
      const finished = await countFinished(pool);
      if (finished === tasks) break;
      if (spawnError) throw spawnError;
      if (Date.now() > deadline) throw new Error(`only ${finished} tasks finished`);
      // Kills are timed by progress, so that they are spread over the whole run.
      const due = killed < kills && finished >= (tasks * (killed + 1)) / (kills + 2);
      const victim = due ? await findVictim(pool) : undefined;
      if (victim) {
        processes.kill(victim);
        killed += 1;
        log(`${finished} tasks finished, ${killed} workers killed`);
      }
      await cancelSleepers(app, pool, "cancelled");
      await emitFor(app, pool, "waits");
      await pause(50);
    }
    return { spawned: await spawning, errors: processes.errors };
  } finally {
    await processes.stop();
  }
}

/** Spawns every task twice with one idempotency key; the second spawn must return the first task. */
async function spawnTasks(app: Absurd, count: number): Promise<Spawned[]> {
  const spawned: Spawned[] = [];
  for (let index = 0; index < count; index += 1) {
    const kind = KINDS[index % KINDS.length] ?? "steps";
    const spawn = () =>
      app.spawn(
        kind,
        { index },
        {
          queue: QUEUE,
          maxAttempts: maxAttempts(kind),
          retryStrategy: { kind: "exponential", baseSeconds: 0.1, factor: 2, maxSeconds: 1 },
          idempotencyKey: `${index}`,
        },
      );
    const [first, second] = await Promise.all([spawn(), spawn()]);
    if (first.taskID !== second.taskID || first.created === second.created)
      throw new Error(`key ${index} was spawned twice`);
    spawned.push({ taskId: first.taskID, kind, index });
  }
  return spawned;
}

async function countFinished(pool: Pool): Promise<number> {
  const { rows } = await pool.query(
    `select count(*)::int as finished from absurd.t_${QUEUE}
     where state in ('completed', 'failed', 'cancelled')`,
  );
  return rows[0].finished;
}

/** A worker that holds a run; killing an idle one would prove nothing. */
async function findVictim(pool: Pool): Promise<string | undefined> {
  const { rows } = await pool.query(
    `select claimed_by from absurd.r_${QUEUE} where state = 'running' order by random() limit 1`,
  );
  return rows[0]?.claimed_by;
}

async function sleepers(pool: Pool, kind: Kind) {
  const { rows } = await pool.query(
    `select t.task_id, t.params from absurd.t_${QUEUE} t
     join absurd.w_${QUEUE} w on w.task_id = t.task_id
     where t.task_name = $1 and t.state = 'sleeping' limit 20`,
    [kind],
  );
  return rows as { task_id: string; params: { index: number } }[];
}

async function cancelSleepers(app: Absurd, pool: Pool, kind: Kind) {
  for (const { task_id } of await sleepers(pool, kind)) await app.cancelTask(task_id, QUEUE);
}

async function emitFor(app: Absurd, pool: Pool, kind: Kind) {
  for (const { params } of await sleepers(pool, kind))
    await app.emitEvent(`go:${params.index}`, { index: params.index }, QUEUE);
}
