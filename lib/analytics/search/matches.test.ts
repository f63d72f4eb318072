/** Searches of many queues find, with any filter, what a plain statement over all of them finds. */
import { beforeAll, expect, test } from "vitest";
import { forgetEnvironment } from "@/lib/db/env";
import type { Uuid } from "@/lib/model/ids";
import { type TaskFilters, taskFilters } from "@/lib/search-params/tasks/filters";
import { parseTaskQuery } from "@/lib/search-params/tasks/query";
import { openTestDatabase } from "@/testing/dashboard-database";
import { list, uuidOf } from "@/testing/reads";
import { explainStatements, flattenPlan, recordStatements } from "@/testing/statements";
import { withQueues } from "../scope/registry";
import { listTasks } from "../tasks";
import { listMatches } from "./matches";
import { scanTasks } from "./scan";
import { toTaskSearch } from "./task-search";

const QUEUES = 110;
const database = openTestDatabase();
const query = (text: string, values: unknown[] = []) => database.pool.query(text, values);

// Tasks of the last 100 days; the seventh of a queue failed twice, the second time with a large error.
beforeAll(async () => {
  for (let n = 0; n < QUEUES; n += 10)
    await query(`do $$
      declare v_queue text;
      begin
        for v_queue in select 'q' || n from generate_series(${n}, ${n + 9}) as n loop
          perform absurd.create_queue(v_queue, case when v_queue like '%3' then 'partitioned' else 'unpartitioned' end);
          perform absurd.spawn_task(v_queue, 'keyed', '{}', '{"idempotency_key": "key"}');
        end loop;
      end $$`);
  for (let n = 0; n < QUEUES; n++) {
    if (n % 10 === 3) continue;
    const ts = `now() - (n * 10 + ${n} / 50.0) * interval '1 day'`;
    await query(`
      insert into absurd.t_q${n} (task_id, task_name, params, headers, state, attempts, enqueue_at, completed_payload)
      select ${uuidOf("0")}, 'job ' || n % 3, jsonb_build_object('n', n, 'word', 'Zebra' || n),
        case when n % 2 = 0 then '{"tenant_id": "acme"}'::jsonb end,
        case when n = 7 then 'failed' when n = 1 then 'pending' else 'completed' end, case when n = 7 then 2 else 1 end, ts,
        case when n = 4 then '"done"'::jsonb end
      from (select n, ${ts} as ts from generate_series(1, 10) n) a;
      insert into absurd.r_q${n} (run_id, task_id, attempt, state, available_at, claimed_by, failure_reason, created_at)
      select ${uuidOf("1")}, ${uuidOf("0")}, 1, case when n = 7 then 'failed' when n = 1 then 'pending' else 'completed' end,
        ts, 'w' || n % 4, case when n = 7 then '{"name": "First", "message": "broken pipe"}'::jsonb end, ts
      from (select n, ${ts} as ts from generate_series(1, 10) n) a;
      insert into absurd.r_q${n} (run_id, task_id, attempt, state, available_at, claimed_by, failure_reason, created_at)
      select ${uuidOf("2")}, ${uuidOf("0")}, 2, 'failed', ts, 'second',
        jsonb_build_object('name', 'Second', 'message', 'm', 'cause', jsonb_build_object('message', 'deep'),
          'data', repeat('long ', case when ${n} = 5 then 300000 else 1 end)), ts
      from (select n, ${ts} as ts from generate_series(7, 7) n) a;
      insert into absurd.c_q${n} (task_id, checkpoint_name, state, owner_run_id, updated_at)
      select task_id, 'step', '1', run_id, created_at from absurd.r_q${n} where attempt = 1 and claimed_by = 'w1'`);
  }
}, 120_000);

/** All tasks of a search, page by page, and by one statement over all queues. */
async function search(filters: Partial<TaskFilters>, limit: number) {
  const found: string[] = [];
  for (let cursor: string | null = null, pages = 0; ; pages++) {
    const page = await list({ ...filters, limit, cursor });
    found.push(...page.rows.map(({ queue, taskId }) => `${taskId} ${queue}`));
    cursor = filters.sort === "oldest" ? page.newer : page.older;
    if (cursor === null || pages > 400) break;
  }
  // Planning a part for each of the queues takes seconds on a busy machine.
  const all = await withQueues([], { statementTimeout: 60_000 }, async (scope) => {
    const whole = await toTaskSearch(scope, taskFilters({ ...filters, limit: 10_000 }));
    return scanTasks(scope.db, whole, "walk");
  });
  return { found, all: all.map(({ queue, taskId }) => `${taskId} ${queue}`) };
}

/** A filter with how many of the tasks that have it in a queue. */
const FILTERS: [words: string, ofQueue: number][] = [
  ["params.n:5", 1],
  ["params.n>8", 2],
  ["params.word:Zebra7", 1],
  ["result:done", 1],
  ["tenant:acme", 5],
  ["worker:w3", 2],
  ["worker:second", 1],
  ["worker:second worker:w1", 4],
  ["checkpoint:step", 3],
  ["attempts:2", 1],
  ["attempts>1 name:job", 0],
  ['name:"job 1" params.n<5', 2],
  ["error:broken", 1],
  ["error:deep", 1],
  ["error:broken worker:w3", 1],
  ["error:broken worker:second", 0],
  ["error:pipe error:Second", 0],
  ["error.name:Second", 1],
  ["error.name:First state:failed", 1],
  ["any:zebra", 10],
  ["any:zebra7 any:pipe any:deep", 1],
  ["any:deep params.n:7 error.name:Second", 1],
  ["state:pending params.n:1", 1],
  ["state:pending params.n:2", 0],
  ["state:completed worker:w2", 3],
];
const QUEUES_WITH_TASKS = QUEUES - Math.ceil(QUEUES / 10);

test.each(FILTERS)(
  "%s",
  async (words, ofQueue) => {
    const { query: parsed } = parseTaskQuery(words);
    const newest = await search(parsed, 200);
    expect(newest.found).toEqual(newest.all);
    expect(newest.all).toHaveLength(ofQueue * QUEUES_WITH_TASKS);
    const oldest = await search({ ...parsed, sort: "oldest" }, 30);
    expect(oldest.found).toEqual(newest.all.toReversed());
  },
  60_000,
);

test("the stored size of an error decides whether its text is searched", async () => {
  const { found, all } = await search(parseTaskQuery('any:"long long"').query, 50);
  expect(found).toEqual(all);
  // Compressed, it is smaller than the limit.
  expect(found.some((one) => one.endsWith(" q5"))).toBe(true);
});

test("queues of any name are searched", async () => {
  const names = [
    "two  spaces",
    'a\n\n"quoted" name',
    "$1 $2",
    "a$$b",
    "a$b",
    "$& $'",
    "it's",
    "t.r.c",
  ];
  for (const name of names) {
    await query("select absurd.create_queue($1)", [name]);
    await query("select absurd.spawn_task($1, 'odd', '{\"word\": \"odd\"}', '{}')", [name]);
  }
  for (const words of ["name:odd", "params.word:odd", "any:odd", "state:pending name:odd"]) {
    const { rows } = await list({ ...parseTaskQuery(words).query, limit: 10 });
    expect(rows.map(({ queue }) => queue).sort(), words).toEqual(names.toSorted());
  }
  for (const name of names) await query("select absurd.drop_queue($1)", [name]);
});

test("redacted values are not found", async () => {
  process.env.DASHBOARD_REDACT = "word,data";
  forgetEnvironment();
  try {
    for (const [words, count] of [
      ["any:zebra", 0],
      ["any:pipe", 1],
      ["error:deep", 1],
    ] as const) {
      const { found, all } = await search(parseTaskQuery(words).query, 200);
      expect(found).toEqual(all);
      expect(found).toHaveLength(count * QUEUES_WITH_TASKS);
    }
  } finally {
    delete process.env.DASHBOARD_REDACT;
    forgetEnvironment();
  }
});

test("idempotency keys are found in queues with and without partitions", async () => {
  for (const idempotency of [["key"], ["other", "key"]]) {
    const { rows } = await list({ idempotency, limit: 200 });
    expect(rows.map(({ queue }) => queue).sort()).toEqual(
      Array.from({ length: QUEUES }, (_, n) => `q${n}`).sort(),
    );
  }
  expect((await list({ idempotency: ["other"] })).rows).toEqual([]);
});

test("sessions keep the statements of every filter, and their number does not depend on its values", async () => {
  for (const [words] of FILTERS) {
    const filters = taskFilters(parseTaskQuery(words).query);
    const texts = await recordStatements(() =>
      withQueues([], {}, async (scope) => {
        const whole = await toTaskSearch(scope, filters);
        await listMatches(scope.db, whole);
        const from = "01900000-0000-7000-8000-000000000000" as Uuid;
        await listMatches(scope.db, { ...whole, range: { ...whole.range, from } });
      }),
    );
    const statements = texts.filter(({ text }) => /^select .*\bplace\b/.test(text));
    expect(statements.length, words).toBeGreaterThan(2);
    expect(new Set(statements.map(({ text }) => text)).size, words).toBe(statements.length / 2);
    for (const { text } of statements) expect(text.length, words).toBeLessThan(49_152);
  }
});

test("sessions keep the statements of queues whose names differ in length", async () => {
  const names = Array.from({ length: 60 }, (_, n) => `${"z".repeat(55)}${n + 10}`);
  for (const name of names) await query("select absurd.create_queue($1)", [name]);
  const words = Array.from({ length: 8 }, (_, n) => `params.a${n}:1 checkpoint:c${n}`).join(" ");
  for (const more of ["", "worker:w", "worker:w name:a attempts>1"]) {
    const filters = taskFilters(parseTaskQuery(`${words} ${more}`).query);
    const statements = await recordStatements(() =>
      withQueues([], {}, async (scope) =>
        listMatches(scope.db, await toTaskSearch(scope, filters)),
      ),
    );
    for (const { text } of statements) expect(text.length, more).toBeLessThan(49_152);
  }
  for (const name of names) await query("select absurd.drop_queue($1)", [name]);
}, 60_000);

test("a first page that is requested again and again takes no longer", async () => {
  await query(`
    insert into absurd.t_q2 (task_id, task_name, params, state, attempts, enqueue_at)
    select ${uuidOf("3")}, 'large', jsonb_build_object('text', repeat('some words ', 80000)), 'completed', 1, ts
    from (select n, now() - n * interval '1 minute' as ts from generate_series(1, 300) n) a`);
  const statements = await recordStatements(async () => {
    for (let n = 0; n < 16; n++) await list(parseTaskQuery("any:nowhere").query);
  });
  // No window was so wide that it took more than a second.
  expect(statements.filter(({ text }) => text.startsWith("rollback to"))).toEqual([]);
  await query("delete from absurd.t_q2 where task_name = 'large'");
}, 60_000);

test("the rest of the history is searched for a value by an index that a user added", async () => {
  await query(`
    insert into absurd.t_q1 (task_id, task_name, params, state, attempts, enqueue_at)
    select ${uuidOf("3")}, 'job', jsonb_build_object('n', 100 + n), 'completed', 1, ts
    from (select n, now() - n * interval '1 minute' as ts from generate_series(1, 30000) n) a`);
  await query("create index added on absurd.t_q1 using gin (params jsonb_path_ops)");
  await query("analyze absurd.t_q1");
  const filters = taskFilters({
    ...parseTaskQuery("params.n:-1").query,
    cursor: `o.${"f".repeat(8)}-ffff-7fff-bfff-ffffffffffff`,
  });
  const statements = await recordStatements(() => listTasks(filters));
  const nodes = (await explainStatements(statements)).flatMap(flattenPlan);
  expect(nodes.some((node) => node["Index Name"] === "added")).toBe(true);
});
