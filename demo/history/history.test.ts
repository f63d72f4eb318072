import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AGENTS, BILLING, createQueues, ORDERS, QUEUES } from "@/demo/queues";
import { queueTable } from "@/lib/absurd/connection/sql";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { ensureHistory } from "./ensure";
import { generateHistory } from "./generate";

let database: TestDatabase;
let written: number;
beforeAll(async () => {
  database = await createTestDatabase();
  await createQueues(database.pool);
  written = await ensureHistory(database.pool);
});
afterAll(() => database.drop());

/** Rows of a queue that violate a rule; `t`, `r`, `c`, `e`, `w` are replaced by its tables. */
async function offenders(queue: string, sql: string): Promise<unknown[]> {
  const named = sql.replace(/\{([trcewi])\}/g, (_, prefix) => queueTable(prefix, queue));
  return (await database.pool.query(`${named} limit 3`)).rows;
}

const RULES: Record<string, string> = {
  "a task has at most one active run, its last, with attempt = attempts":
    "select t.task_id from {t} t join {r} r using (task_id) where r.state in ('pending','running','sleeping') and (r.run_id <> t.last_attempt_run or r.attempt <> t.attempts)",
  "a task has the state of its last run, but for a retry that max_duration forbade":
    "select t.task_id, t.state, r.state from {t} t left join {r} r on r.run_id = t.last_attempt_run where r.state is distinct from t.state and not (t.state = 'cancelled' and r.state = 'failed' and t.cancellation ? 'max_duration')",
  "attempts run from 1 to n without gaps":
    "select t.task_id from {t} t join {r} r using (task_id) group by t.task_id, t.attempts having array_agg(r.attempt order by r.run_id) <> array(select generate_series(1, t.attempts))",
  "only running, completed and failed runs have a worker":
    "select run_id from {r} where (state in ('pending','sleeping','cancelled') and (claimed_by is not null or claim_expires_at is not null)) or (state in ('running','completed') and claimed_by is null)",
  "waits belong to sleeping runs that name the event":
    "select w.run_id from {w} w left join {r} r using (run_id) where r.state is distinct from 'sleeping' or r.wake_event <> w.event_name or r.available_at <> coalesce(w.timeout_at, 'infinity')",
  "a task that waits for an event sleeps":
    "select run_id from {r} r where state = 'sleeping' and wake_event is not null and not exists (select from {w} w where w.run_id = r.run_id)",
  "an awaited event that was not emitted has a placeholder":
    "select w.event_name from {w} w left join {e} e using (event_name) where e.event_name is null or e.payload is not null",
  "placeholders carry the epoch":
    "select event_name from {e} where (payload is null) <> (emitted_at = 'epoch')",
  "ids carry the time of their row":
    "select run_id from {r} where absurd.uuidv7_timestamp(run_id) <> date_trunc('milliseconds', created_at) union all select task_id from {t} where absurd.uuidv7_timestamp(task_id) <> date_trunc('milliseconds', enqueue_at)",
  "times are in order and past":
    "select r.run_id from {r} r join {t} t using (task_id) where r.created_at < t.enqueue_at or r.started_at < r.created_at or r.completed_at < r.started_at or r.failed_at < r.started_at or t.first_started_at < t.enqueue_at or greatest(r.created_at, r.started_at, r.completed_at, r.failed_at, t.cancelled_at) > now()",
  "end times and results fit the state":
    "select run_id from {r} where (state = 'completed') <> (completed_at is not null and result is not null) or (state = 'failed') <> (failed_at is not null and failure_reason is not null)",
  "a completed task has its run's result":
    "select t.task_id from {t} t join {r} r on r.run_id = t.last_attempt_run where (t.state = 'completed') <> (t.completed_payload is not null) or t.completed_payload <> r.result or (t.state = 'cancelled') <> (t.cancelled_at is not null)",
  "a started task has a first start, no later than any run's":
    "select t.task_id from {t} t join {r} r using (task_id) where r.started_at is not null and (t.first_started_at is null or t.first_started_at > r.started_at)",
  "a failed task has no attempts left":
    "select task_id from {t} where state = 'failed' and attempts < max_attempts",
  "a retry waits as long as its strategy says":
    "select r.run_id from {r} r join {r} p on p.task_id = r.task_id and p.attempt = r.attempt - 1 join {t} t on t.task_id = r.task_id where r.created_at <> p.failed_at or r.started_at < p.failed_at + make_interval(secs => absurd.retry_delay_seconds(t.retry_strategy, p.attempt))",
  "checkpoints are written by a run of their task while it worked or was woken":
    "select c.checkpoint_name from {c} c left join {r} r on r.run_id = c.owner_run_id where r.task_id is distinct from c.task_id or c.updated_at < r.created_at or c.updated_at > coalesce(r.completed_at, r.failed_at, now())",
  "a claim's lease outlasts the last checkpoint of a run that ended well":
    "select r.run_id from {r} r join {c} c on c.owner_run_id = r.run_id where r.state = 'completed' and r.claim_expires_at <= c.updated_at",
  "a run sleeps until the time its sleep checkpoint holds":
    "select r.run_id from {r} r where r.state = 'sleeping' and r.wake_event is null and r.started_at is not null and not exists (select from {c} c where c.owner_run_id = r.run_id and jsonb_typeof(c.state) = 'string' and (c.state #>> '{}')::timestamptz = r.available_at)",
};

describe.each(QUEUES)("history of %s", (queue) => {
  test.each(Object.entries(RULES))("%s", async (_, sql) => {
    expect(await offenders(queue, sql)).toEqual([]);
  });

  test("the history is not empty", async () => {
    expect(await offenders(queue, "select task_id from {t}")).not.toEqual([]);
  });
});

test("the history has thousands of tasks over two weeks, and writing it again changes nothing", async () => {
  expect(written).toBeGreaterThan(3_000);
  expect(written).toBeLessThan(8_000);
  expect(await ensureHistory(database.pool)).toBe(0);
});

test("yesterday's outage is visible in the failures", async () => {
  const { rows } = await database.pool.query(
    `select count(*) filter (where enqueue_at >= date_trunc('day', now(), 'utc') - interval '10 hours'
              and enqueue_at < date_trunc('day', now(), 'utc') - interval '9 hours')::int as during,
            count(*)::int as total
     from ${queueTable("t", BILLING)} where state = 'failed'`,
  );
  expect(rows[0].during).toBeGreaterThan(40);
  expect(rows[0].total - rows[0].during).toBeGreaterThan(20);
});

test("the partitioned queue holds its history in weekly partitions, and none of it in the default partition", async () => {
  const rows = await offenders(
    AGENTS,
    "select tableoid::regclass::text as part, count(*)::int from {t} group by 1",
  );
  expect(rows.length).toBeGreaterThanOrEqual(2);
  expect(JSON.stringify(rows)).not.toContain("t_agents_d");
  expect(
    await offenders(
      AGENTS,
      "select task_id from {t} full join {i} using (task_id, idempotency_key) where idempotency_key is not null and ({t}.task_id is null)".replace(
        "{t}.task_id",
        "task_id",
      ),
    ),
  ).toEqual([]);
});

test("large integers are exact, and SQL NULL is distinguished from JSON null", async () => {
  const [entry] = (await offenders(
    BILLING,
    "select params->>'entryId' as id, params->'amount'->>'minorUnits' as amount from {t} where task_name = 'post-ledger-entry'",
  )) as { id: string; amount: string }[];
  expect(entry?.id).toMatch(/^9007199254740993\d\d[13579]$/);
  expect(entry?.amount).toMatch(/^\d00000000000000001$/);
  expect(
    await offenders(
      ORDERS,
      "select 1 from {c} where checkpoint_name = 'pick-items' and state is not null",
    ),
  ).toEqual([]);
});

test("errors vary and carry real stack traces", async () => {
  const { rows } = await database.pool.query(
    `select distinct failure_reason->>'name' as name from ${queueTable("r", BILLING)}
     where state = 'failed' and failure_reason->>'stack' like '%at %.ts:%'`,
  );
  expect(rows.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      "CardDeclinedError",
      "GatewayTimeoutError",
      "SyntaxError",
      "TypeError",
    ]),
  );
});

test("the same seed and instant give the same history", async () => {
  const now = Date.parse("2026-03-02T12:00:00Z");
  const ids = async () =>
    (await generateHistory(now)).flatMap((scene) => scene.tasks.map(({ task }) => task.task_id));
  expect(await ids()).toEqual(await ids());
});
