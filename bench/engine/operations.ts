import { randomUUID } from "node:crypto";
import type { Client } from "pg";

export type Call = { text: string; values: unknown[] };

export type Operation = {
  title: string;
  /** Tasks that one call needs. */
  tasksPerCall: number;
  /** Prepares the queue for `count` calls, and returns the calls. */
  prepare: (client: Client, queue: string, count: number) => Promise<Call[]>;
  /** Made before each call, not measured. */
  before?: Call;
  /** How many times as many calls per second as the original at least, if not 1. */
  least?: number;
};

const LEASE = 3600;
const PARAMS = JSON.stringify({ order: 4711, items: ["apple", "pear"], note: "x".repeat(200) });
const STATE = JSON.stringify({ paymentId: "p-4711", amount: 99.5, note: "x".repeat(200) });

async function spawn(client: Client, queue: string, count: number) {
  await client.query(
    `select absurd.spawn_task($1, 'bench', $2::jsonb, '{"max_attempts":5}') from generate_series(1, $3)`,
    [queue, PARAMS, count],
  );
}

async function claim(client: Client, queue: string, count: number) {
  await spawn(client, queue, count);
  const { rows } = await client.query(
    "select run_id, task_id from absurd.claim_task($1, 'bench', $2, $3)",
    [queue, LEASE, count],
  );
  return rows as { run_id: string; task_id: string }[];
}

const LEAST_OF_CLAIMS = 1.5;

const claimOf = (quantity: number): Operation => ({
  title: `claim ${quantity}`,
  tasksPerCall: quantity,
  least: LEAST_OF_CLAIMS,
  prepare: async (client, queue, count) => {
    await spawn(client, queue, count * quantity);
    return claims(queue, count, quantity);
  },
});

const claims = (queue: string, count: number, quantity: number): Call[] =>
  Array.from({ length: count }, () => ({
    text: "select * from absurd.claim_task($1, 'bench', $2, $3)",
    values: [queue, LEASE, quantity],
  }));

/** The usual calls of workers and clients, each in its own transaction; their growth with the queue is measured. */
export const OPERATIONS: Operation[] = [
  {
    title: "spawn",
    tasksPerCall: 0,
    prepare: async (_, queue, count) =>
      Array.from({ length: count }, () => ({
        text: "select * from absurd.spawn_task($1, 'bench', $2, $3)",
        values: [queue, PARAMS, '{"max_attempts":5}'],
      })),
  },
  claimOf(1),
  claimOf(10),
  {
    title: "claim, empty queue",
    tasksPerCall: 0,
    least: LEAST_OF_CLAIMS,
    prepare: async (_, queue, count) => claims(queue, count, 1),
  },
  {
    title: "checkpoint",
    tasksPerCall: 1,
    prepare: async (client, queue, count) =>
      (await claim(client, queue, count)).map(({ run_id, task_id }) => ({
        text: "select absurd.set_task_checkpoint_state($1, $2, 'step', $3, $4, $5)",
        values: [queue, task_id, STATE, run_id, LEASE],
      })),
  },
  {
    title: "complete",
    tasksPerCall: 1,
    prepare: async (client, queue, count) =>
      (await claim(client, queue, count)).map(({ run_id }) => ({
        text: "select absurd.complete_run($1, $2, $3)",
        values: [queue, run_id, STATE],
      })),
  },
  {
    title: "emit and wake",
    tasksPerCall: 1,
    prepare: async (client, queue, count) => {
      const runs = await claim(client, queue, count);
      await client.query(
        `select absurd.await_event($1, task_id, run_id, 'step', 'bench:' || run_id)
         from unnest($2::uuid[], $3::uuid[]) as claimed (task_id, run_id)`,
        [queue, runs.map(({ task_id }) => task_id), runs.map(({ run_id }) => run_id)],
      );
      return runs.map(({ run_id }) => ({
        text: "select absurd.emit_event($1, $2, $3)",
        values: [queue, `bench:${run_id}`, STATE],
      }));
    },
  },
];

/** The queue of the operation that polls 20,000 sleeping tasks. */
const SLEEPERS = "sleepers";

/** Creates a queue with 20,000 sleeping tasks, of which every second one has a cancellation policy. */
export async function loadSleepers(client: Client): Promise<void> {
  await client.query("select absurd.create_queue($1)", [SLEEPERS]);
  await client.query(
    `select absurd.spawn_task($1, 'sleeper', $2,
       case when n % 2 = 0 then '{"cancellation":{"max_delay":600,"max_duration":86400}}' else '{}' end::jsonb)
     from generate_series(1, 20000) n`,
    [SLEEPERS, PARAMS],
  );
  await client.query(
    `select absurd.await_event($1, task_id, run_id, 'step', 'never')
     from absurd.claim_task($1, 'bench', $2, 20000)`,
    [SLEEPERS, LEASE],
  );
  await client.query(`vacuum analyze ${["t", "r", "w"].map((p) => `absurd.${p}_${SLEEPERS}`)}`);
}

/** Calls of which only the cost beside the original is measured. */
export const FURTHER_OPERATIONS: Operation[] = [
  {
    title: "spawn with a key",
    tasksPerCall: 0,
    prepare: async (_, queue, count) =>
      Array.from({ length: count }, () => ({
        text: "select * from absurd.spawn_task($1, 'bench', $2, $3)",
        values: [queue, PARAMS, JSON.stringify({ max_attempts: 5, idempotency_key: randomUUID() })],
      })),
  },
  {
    title: "fail and retry",
    tasksPerCall: 1,
    prepare: async (client, queue, count) =>
      (await claim(client, queue, count)).map(({ run_id }) => ({
        text: "select absurd.fail_run($1, $2, $3)",
        values: [queue, run_id, STATE],
      })),
  },
  {
    title: "fail and retry later",
    tasksPerCall: 1,
    prepare: async (client, queue, count) =>
      (await claim(client, queue, count)).map(({ run_id }) => ({
        text: "select absurd.fail_run($1, $2, $3, now() + interval '1 hour')",
        values: [queue, run_id, STATE],
      })),
  },
  {
    title: "emit, not awaited",
    tasksPerCall: 0,
    prepare: async (_, queue, count) =>
      Array.from({ length: count }, () => ({
        text: "select absurd.emit_event($1, $2, $3)",
        values: [queue, `bench:${randomUUID()}`, STATE],
      })),
  },
  {
    title: "await an event",
    tasksPerCall: 1,
    prepare: async (client, queue, count) =>
      (await claim(client, queue, count)).map(({ run_id, task_id }) => ({
        text: "select * from absurd.await_event($1, $2, $3, 'step', $4)",
        values: [queue, task_id, run_id, `bench:${run_id}`],
      })),
  },
  {
    title: "sleep",
    tasksPerCall: 1,
    prepare: async (client, queue, count) =>
      (await claim(client, queue, count)).map(({ run_id }) => ({
        text: "select absurd.schedule_run($1, $2, now() + interval '1 hour')",
        values: [queue, run_id],
      })),
  },
  {
    title: "heartbeat",
    tasksPerCall: 1,
    prepare: async (client, queue, count) =>
      (await claim(client, queue, count)).map(({ run_id }) => ({
        text: "select absurd.extend_claim($1, $2, $3)",
        values: [queue, run_id, LEASE],
      })),
  },
  {
    title: "read checkpoints",
    tasksPerCall: 1,
    prepare: async (client, queue, count) =>
      (await claim(client, queue, count)).map(({ run_id, task_id }) => ({
        text: "select * from absurd.get_task_checkpoint_states($1, $2, $3)",
        values: [queue, task_id, run_id],
      })),
  },
  {
    title: "cancel",
    tasksPerCall: 1,
    prepare: async (client, queue, count) =>
      (await claim(client, queue, count)).map(({ task_id }) => ({
        text: "select absurd.cancel_task($1, $2)",
        values: [queue, task_id],
      })),
  },
  {
    title: "retry a failed task",
    tasksPerCall: 1,
    prepare: async (client, queue, count) => {
      const runs = await claim(client, queue, count);
      await client.query(`update absurd.t_${queue} set max_attempts = 1 where task_id = any ($1)`, [
        runs.map(({ task_id }) => task_id),
      ]);
      await client.query("select absurd.fail_run($1, run_id, $2) from unnest($3::uuid[]) run_id", [
        queue,
        STATE,
        runs.map(({ run_id }) => run_id),
      ]);
      return runs.map(({ task_id }) => ({
        text: "select * from absurd.retry_task($1, $2)",
        values: [queue, task_id],
      }));
    },
  },
  {
    title: "read a result",
    tasksPerCall: 1,
    prepare: async (client, queue, count) =>
      (await claim(client, queue, count)).map(({ task_id }) => ({
        text: "select * from absurd.get_task_result($1, $2)",
        values: [queue, task_id],
      })),
  },
  {
    title: "poll, 20,000 sleeping",
    tasksPerCall: 0,
    prepare: async (_client, _queue, count) => claims(SLEEPERS, count, 1),
  },
  {
    title: "the same, after a write",
    tasksPerCall: 0,
    before: {
      text: "select absurd.emit_event($1, gen_random_uuid()::text, null)",
      values: [SLEEPERS],
    },
    prepare: async (_client, _queue, count) => claims(SLEEPERS, count, 1),
  },
];

/** The minimum cost of a durable change on this server: one row, one commit. */
export const FLOOR: Operation = {
  title: "one-row insert",
  tasksPerCall: 0,
  prepare: async (_client, _queue, count) =>
    Array.from({ length: count }, () => ({
      text: "insert into floor (state) values ($1)",
      values: [STATE],
    })),
};

/** Removes the leftovers of calls and preparations, so that each block starts with the queue as loaded. */
export async function tidyUp(client: Client, queue: string): Promise<void> {
  const since = "absurd.uuidv7_floor(date_trunc('day', now()) + interval '1 minute')";
  await client.query(`delete from absurd.t_${queue} where task_id >= ${since}`);
  await client.query(`delete from absurd.r_${queue} where run_id >= ${since}`);
  await client.query(`delete from absurd.c_${queue} where task_id >= ${since}`);
  await client.query(
    `delete from absurd.e_${queue} where event_name >= 'bench:' and event_name < 'bench;'`,
  );
  await client.query(`delete from absurd.w_${queue}`);
  await client.query(`vacuum ${["t", "r", "c", "e", "w"].map((p) => `absurd.${p}_${queue}`)}`);
}
