import type { Client } from "pg";
import type { EmbeddedServer } from "@/demo/postgres/embedded";
import { migrate } from "@/lib/db/migrate";
import { createQueue } from "../console/load";
import { connect } from "../console/server";
import { type BenchQueue, DAYS, NAMES } from "../console/sizes";

/** How many tasks in how many queues, of which how many are partitioned. */
export type Shape = { tasks: number; queues: number; partitioned: number };

const LENGTH = DAYS * 86_400_000;

/**
 * Settings for loading only, which make a crash lose the data: an interrupted load is never used. Indexes are built with
 * this much memory.
 */
export const LOADING = {
  fsync: "off",
  full_page_writes: "off",
  autovacuum: "off",
  max_wal_size: "16GB",
  maintenance_work_mem: "1GB",
};

/**
 * Fills the empty database `name`, with two sessions. The sizes of the queues follow a power law: of 500 queues, the first
 * holds 24 % of the tasks, the last 0.014 %. The partitioned queues are spread over all sizes, from the second queue on.
 */
export async function loadQueues(
  server: EmbeddedServer,
  name: string,
  { tasks, queues: count, partitioned }: Shape,
  log: (line: string) => void,
): Promise<void> {
  const now = Math.floor(Date.now() / 1_000) * 1_000;
  const first = await connect(server, name);
  await migrate(first, "engine");
  await migrate(first, "dashboard");
  // The engine's clock is fixed at the end of the data, so that a day's range covers a day of data at any time.
  await first.query(
    `alter database ${name} set absurd.fake_now = '${new Date(now).toISOString()}'`,
  );
  const sessions = [await connect(server, name), await connect(server, name)];
  await first.end();

  const weights = Array.from({ length: count }, (_, rank) => (rank + 1) ** -1.2);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const every = Math.floor(count / Math.max(1, partitioned));
  const queues: BenchQueue[] = weights.map((weight, rank) => ({
    name: `q_${String(rank + 1).padStart(3, "0")}`,
    share: weight / total,
    partitioned: rank % every === 1 % every && rank < every * partitioned,
  }));
  const names = queues.map((queue) => queue.name);
  await drain(sessions, queues, async (session, queue) => {
    await session.query("begin");
    await loadQueue(session, queue, Math.max(20, Math.round(tasks * queue.share)), now);
    await session.query("commit");
    if (queue.share > 0.005 || queues.length % 50 === 0)
      log(`${queue.name} loaded, ${queues.length} queues left`);
  });
  log("vacuum");
  await drain(sessions, names, async (session, queue) => {
    const tables = ["t", "r", "c", "e", "w"].map((prefix) => `absurd.${prefix}_${queue}`);
    await session.query(`vacuum (freeze, analyze) ${tables.join(", ")}`);
  });
  const [session] = sessions;
  await session?.query(
    "vacuum (analyze) pg_class, pg_attribute, pg_index, pg_depend, pg_statistic",
  );
  await session?.query("checkpoint");
  for (const client of sessions) await client.end();
}

/** Every session takes one item after another until none is left. */
async function drain<Item>(
  sessions: readonly Client[],
  items: Item[],
  work: (session: Client, item: Item) => Promise<void>,
): Promise<void> {
  const take = async (session: Client) => {
    for (let item = items.shift(); item !== undefined; item = items.shift())
      await work(session, item);
  };
  await Promise.all(sessions.map(take));
}

/** Creates a queue and fills its tables in the order of their ids; most indexes are built when the rows are there. */
async function loadQueue(client: Client, queue: BenchQueue, tasks: number, now: number) {
  const { name, partitioned } = queue;
  await createQueue(client, queue);
  const indexes = partitioned ? [] : await dropIndexes(client, name);
  const numbers = numbersOf(name, tasks, now);
  for (const statement of [tasksOf, runsOf, checkpointsOf, eventsOf])
    await client.query(statement(name, numbers, now));
  await client.query(`
    insert into absurd.w_${name} (task_id, run_id, step_name, event_name, created_at)
    select task_id, run_id, 'paid', wake_event, started_at from absurd.r_${name} where wake_event is not null`);
  for (const definition of indexes) await client.query(definition);
}

/** Drops the indexes that no constraint needs, and returns the statements that create the same ones. */
async function dropIndexes(client: Client, queue: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select x.indexrelid::regclass::text as name, pg_get_indexdef(x.indexrelid) as definition
    from pg_index x
    where x.indrelid in (to_regclass($1), to_regclass($2)) and not x.indisunique`,
    [`absurd.t_${queue}`, `absurd.r_${queue}`],
  );
  for (const { name } of rows) await client.query(`drop index ${name}`);
  return rows.map(({ definition }) => definition);
}

/**
 * The tasks of a queue, oldest first, with the values from which all rows are derived: 98.3 % completed, 1 % cancelled, 0.2 %
 * failed after three attempts, and 0.3 % active, of which the pending and running ones are the newest of their queue.
 * The rows are short, so that 50 million tasks need 32 GB.
 */
function numbersOf(queue: string, tasks: number, now: number): string {
  return `
    select *, to_timestamp(ms / 1000::float8) as at, case when state = 'failed' then 3 else 1 end as attempts
    from (
      select *,
        case
          when n > ${tasks} * 0.98 and r1 < 50 then 'pending'
          when n > ${tasks} * 0.98 and r1 < 75 then 'running'
          when r1 between 100 and 101 then 'failed'
          when r1 between 102 and 111 then 'cancelled'
          when r1 = 112 or (r1 = 113 and n % 2 = 0) then 'sleeping'
          else 'completed'
        end as state
      from (
        select *, h % 1000 as r1, h / 1000 % 100000 as r2, lpad(to_hex(h), 16, '0') as key
        from (
          select n, hashint8extended(n, hashtext('${queue}')) & 9223372036854775807 as h,
            ${now}::bigint
              - floor((${tasks} - n + abs(hashtext('${queue}')) % 1000 / 1000::float8) * ${LENGTH / tasks})::bigint as ms
          from generate_series(1, ${tasks}) n
        ) hashes
      ) numbers
    ) states`;
}

/** A UUIDv7 from the row's time and the attempt's number; attempt 0 is the task itself. */
function idOf(attempt: string | number): string {
  return `(lpad(to_hex(ms + greatest(${attempt} - 1, 0) * 60000), 12, '0') || '7' || substr(key, 1, 3) || '8'
    || ${attempt} || '0' || substr(key, 4))::uuid`;
}

const NAME = `('{${NAMES.join(",")}}'::text[])[floor(power(${NAMES.length + 1}, r2 / 100000::float8))::int]`;
const START = "at + r2 % 5000 * interval '1 millisecond'";

function tasksOf(queue: string, numbers: string): string {
  return `
    insert into absurd.t_${queue} (task_id, task_name, params, max_attempts, enqueue_at, first_started_at, state,
      attempts, last_attempt_run, completed_payload, cancelled_at)
    select ${idOf(0)}, ${NAME}, jsonb_build_object('n', n), 3, at,
      case when state not in ('pending', 'cancelled') then ${START} end,
      state, attempts, ${idOf("attempts")},
      case when state = 'completed' then 'true'::jsonb end,
      case when state = 'cancelled' then ${START} end
    from (${numbers}) task`;
}

/** The last attempt of an active task has not ended; every earlier attempt failed. */
function runsOf(queue: string, numbers: string, now: number): string {
  return `
    insert into absurd.r_${queue} (run_id, task_id, attempt, state, claimed_by, claim_expires_at, available_at,
      wake_event, started_at, completed_at, failed_at, result, failure_reason, created_at)
    select ${idOf("attempt")}, ${idOf(0)}, attempt, run.state,
      case when run.state in ('completed', 'failed', 'running') then 'worker-' || r2 % 40 end,
      case when run.state in ('completed', 'failed') then ended
        when run.state = 'running' then to_timestamp(${now / 1_000}) + r2 % 60 * interval '1 second' end,
      case when run.state = 'sleeping' and r2 % 2 = 0 then 'infinity'
        when run.state = 'sleeping' then to_timestamp(${now / 1_000}) + r2 % 3600 * interval '1 second'
        else due end,
      case when run.state = 'sleeping' and r2 % 2 = 0 then 'order:' || n || ':paid' end,
      case when run.state not in ('pending', 'cancelled') then ended - interval '2 seconds' end,
      case when run.state = 'completed' then ended end,
      case when run.state = 'failed' then ended end,
      case when run.state = 'completed' then 'true'::jsonb end,
      case when run.state = 'failed'
        then jsonb_build_object('name', 'TimeoutError', 'message', 'request ' || r2 || ' gave up') end,
      due
    from (${numbers}) task
    cross join lateral (
      select attempt, case when attempt = attempts then state else 'failed' end as state,
        at + (attempt - 1) * interval '1 minute' as due,
        at + ((attempt - 1) * 60000 + 2000 + r2 % 5000) * interval '1 millisecond' as ended
      from generate_series(1, attempts) attempt
    ) run`;
}

/** A checkpoint for every tenth task that was started. */
function checkpointsOf(queue: string, numbers: string): string {
  return `
    insert into absurd.c_${queue} (task_id, checkpoint_name, state, owner_run_id, updated_at)
    select ${idOf(0)}, 'step', 'true', ${idOf(1)}, ${START}
    from (${numbers}) task
    where n % 10 = 0 and state not in ('pending', 'cancelled')`;
}

/** An emitted event for every fiftieth task; a row without a payload for every awaited event. */
function eventsOf(queue: string, numbers: string): string {
  return `
    insert into absurd.e_${queue} (event_name, payload, emitted_at)
    select 'order:' || n || case when state = 'sleeping' then ':paid' else ':shipped' end,
      case when state <> 'sleeping' then jsonb_build_object('order', n) end,
      case when state = 'sleeping' then to_timestamp(0) else at end
    from (${numbers}) task
    where case when state = 'sleeping' then r2 % 2 = 0 else n % 50 = 0 end`;
}
