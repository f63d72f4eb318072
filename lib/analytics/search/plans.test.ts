import { beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { runAs } from "@/lib/db/viewer";
import { taskFilters } from "@/lib/search-params/tasks/filters";
import { parseTaskQuery } from "@/lib/search-params/tasks/query";
import { workflowFilters } from "@/lib/search-params/workflows";
import { endReaders, openTestDatabase } from "@/testing/dashboard-database";
import { uuidOf } from "@/testing/reads";
import {
  explainStatements,
  flattenPlan,
  type PlanNode,
  recordStatements,
} from "@/testing/statements";
import { suggestTasks } from "../task-suggestions";
import { countTasks, followTasks, listTasks } from "../tasks";
import { listWorkflowRuns } from "../workflows";

const database = openTestDatabase();

beforeAll(async () => {
  const { pool } = database;
  for (const [queue, storageMode] of [
    ["plain", "unpartitioned"],
    ["parts", "partitioned"],
  ] as const) {
    await createQueue(pool, queue, { storageMode });
    await pool.query(`
      insert into absurd.t_${queue} (task_id, task_name, params, state, attempts, enqueue_at)
      select id, 'job ' || n % 20, jsonb_build_object('n', n),
        case when n <= 900 then 'pending' when n % 20 = 0 then 'failed' else 'completed' end, 1 + n % 2, ts
      from (select n, ts, ${uuidOf("0")} as id
        from (select n, now() - n * interval '20 seconds' as ts from generate_series(1, 30000) n) a) b;
      insert into absurd.r_${queue} (run_id, task_id, attempt, state, available_at, claimed_by, failure_reason, created_at)
      select ${uuidOf("1")}, ${uuidOf("0")}, 1,
        case when n <= 900 then 'pending' when n % 20 = 0 then 'failed' else 'completed' end, ts,
        'w' || n % 9, case when n % 20 = 0 then '{"name": "E", "message": "m"}'::jsonb end, ts
      from (select n, now() - n * interval '20 seconds' as ts from generate_series(1, 30000) n) a;
      insert into absurd.c_${queue} (task_id, checkpoint_name, state, owner_run_id, updated_at)
      select task_id, 'step', '1', run_id, created_at from absurd.r_${queue}`);
  }
  await pool.query("vacuum analyze");
});

/** Runs and checkpoints are looked up task by task; a scan of their tables would grow with the history. */
test.each([
  "worker:nobody",
  "error:nothing",
  "error.name:Nope",
  "checkpoint:never",
  "worker:w3 error:m",
])("%s, through the whole history: neither runs nor checkpoints are scanned", async (words) => {
  const before = await scans("[rc]");
  const filters = taskFilters({ ...parseTaskQuery(words).query });
  for await (const _ of followTasks(filters));
  for await (const _ of countTasks(filters));
  expect(await scans("[rc]")).toEqual(before);
});

test.each([
  ["older", (ids: string[]) => `o.${ids.at(-1)}`],
  ["newer", (ids: string[]) => `n.${ids[0]}`],
])("active tasks far from a cursor, %s: runs are found by their state", async (_, cursorAt) => {
  const { rows } = await database.pool.query(
    "select task_id from absurd.t_plain where state <> 'pending' order by 1 desc offset 10000 limit 100",
  );
  const cursor = cursorAt(rows.map((row) => row.task_id));
  const filters = taskFilters({ state: ["pending"], cursor });
  const statements = await recordStatements(() => listTasks(filters));
  const nodes = (await explainStatements(statements)).flatMap(flattenPlan);
  const runs = nodes.filter((node) => node["Relation Name"]?.startsWith("r_"));
  const read = (node: PlanNode) =>
    (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"];
  const total = runs.reduce((sum, node) => sum + read(node), 0);
  // The 1,800 that are pending, and a second read to see that they are not few; of 60,000 in total.
  expect(total).toBeGreaterThan(1_800);
  expect(total).toBeLessThan(6_000);
});

test("suggestions query a few tasks of each queue", async () => {
  const before = await scans("[trc]");
  const { names, workers, paths } = await suggestTasks([]);
  expect(names).toHaveLength(20);
  expect(workers).toEqual([]);
  expect(paths[0]?.path).toBe("params.n");
  expect(await scans("[trc]")).toEqual(before);
});

// As docs/operations/indexes.md describes them.
test.each([
  ["name:nobody", "(task_name, task_id)"],
  ["params.n:-1", "using gin (params jsonb_path_ops)"],
  ["state:failed", "(task_id) where state = 'failed'"],
])("the whole history is searched for %s by an index that a user added", async (words, index) => {
  const { pool } = database;
  await pool.query(`create index added on absurd.t_plain ${index}`);
  try {
    await pool.query("analyze absurd.t_plain");
    const filters = taskFilters({ ...parseTaskQuery(words).query, queue: ["plain"] });
    const statements = await recordStatements(async () => {
      for await (const _ of countTasks(filters));
    });
    const nodes = (await explainStatements(statements)).flatMap(flattenPlan);
    expect(nodes.some((node) => node["Index Name"] === "added")).toBe(true);
  } finally {
    await pool.query("drop index absurd.added");
  }
});

test("tags are compared in workflow runs of visible tenants only", async () => {
  const acme = { scope: [{ queues: null, tenants: ["acme"] }], payloads: true };
  const filters = workflowFilters({ tag: ["customer=42", "paid"] });
  const statements = await recordStatements(() => runAs(acme, () => listWorkflowRuns(filters)));
  const nodes = (await explainStatements(statements)).flatMap(flattenPlan);
  const filter = nodes.find((node) => /tags/.test(node.Filter ?? ""))?.Filter ?? "";
  expect(filter.match(/CASE WHEN/g)).toHaveLength(2);
  expect(filter.slice(0, filter.indexOf("CASE WHEN"))).not.toContain("tags");
});

/** Otherwise the duration of a search reveals whether another tenant's task has a value. */
test.each(["params.n:-1", "params.n>5", "any:words", "error:nothing", "checkpoint:never"])(
  "%s is compared in tasks of visible tenants only",
  async (words) => {
    const filters = taskFilters({ ...parseTaskQuery(words).query, queue: ["plain"] });
    const acme = { scope: [{ queues: null, tenants: ["acme"] }], payloads: true };
    const statements = await recordStatements(() =>
      runAs(acme, async () => {
        for await (const _ of countTasks(filters));
      }),
    );
    const nodes = (await explainStatements(statements)).flatMap(flattenPlan);
    const conditions = nodes.flatMap((node) =>
      node["Relation Name"] === "t_plain" ? (node.Filter ?? []) : [],
    );
    const compared = conditions.filter((filter) => /CASE WHEN/.test(filter));
    expect(compared.length).toBeGreaterThan(0);
    for (const filter of compared)
      expect(filter.slice(0, filter.indexOf("CASE WHEN"))).not.toMatch(/params|SubPlan|result/);
  },
);

async function scans(tables: string): Promise<unknown[]> {
  // Connections report their statistics when they end. Rows reported after the vacuum are counted twice.
  await endReaders(database);
  const { rows } = await database.pool.query(
    `select s.relname, s.seq_scan::int from pg_stat_user_tables s join pg_class c on c.oid = s.relid
      where s.schemaname = 'absurd' and s.relname ~ $1 and c.reltuples > 5000 order by s.relname`,
    [`^${tables}_`],
  );
  expect(rows.length).toBeGreaterThan(2);
  return rows;
}
