/**
 * Lists of many queues read only the queues that can have a row on the page. In every snapshot the result is that of
 * reading all of them, while tasks are spawned and queues come and go.
 */
import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { dropQueue } from "@/lib/absurd/queues/queues";
import { forgetEnvironment } from "@/lib/db/env";
import { closePools } from "@/lib/db/pools";
import { inSnapshot } from "@/lib/db/snapshot";
import { SQLSTATE } from "@/lib/model/sqlstate";
import { type TaskFilters, taskFilters } from "@/lib/search-params/tasks/filters";
import { endReaders, openTestDatabase } from "@/testing/dashboard-database";
import { ids, list } from "@/testing/reads";
import { explainStatements, flattenPlan, recordStatements } from "@/testing/statements";
import { listRegisteredQueues, withQueues } from "../scope/registry";
import { walkManyQueues } from "./heads";
import { pageByKey } from "./key-page";
import { scanTasks } from "./scan";
import { toTaskSearch } from "./task-search";

const QUEUES = 60;
const database = openTestDatabase();
const query = (text: string, values: unknown[] = []) => database.pool.query(text, values);
const nameOf = (n: number) => `q${String(n).padStart(2, "0")}`;
async function spawn(queue: string, count = 1): Promise<string[]> {
  const { rows } = await query(
    "select (absurd.spawn_task($1, 'work', '{}', '{}')).task_id from generate_series(1, $2::int)",
    [queue, count],
  );
  return rows.map((row) => String(row.task_id));
}

// Queue n has tasks only if it is not divisible by 5; the later ones are newer.
beforeAll(async () => {
  for (let n = 0; n < QUEUES; n += 10)
    await query(`do $$
      declare v_queue text;
      begin
        for n in ${n}..${n + 9} loop
          v_queue := 'q' || lpad(n::text, 2, '0');
          perform absurd.create_queue(v_queue, case when n % 20 = 3 then 'partitioned' else 'unpartitioned' end);
          perform absurd.spawn_task(v_queue, 'work', '{}', '{}') from generate_series(1, n % 5);
        end loop;
      end $$`);
}, 120_000);

/** Numbers from 0 to 1 that are the same in every run. */
function randomNumbers(seed: number) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

test("a page is that of reading all queues, while tasks are spawned and queues come and go", async () => {
  const random = randomNumbers(7);
  const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)];
  let isDone = false;
  const write = async () => {
    const chance = randomNumbers(11);
    for (let n = 0; !isDone; n++) {
      await spawn(nameOf(Math.floor(chance() * QUEUES)), 1 + Math.floor(chance() * 5));
      if (n % 7 === 0) await query("select absurd.create_queue('passing')");
      if (n % 7 === 3) await spawn("passing", 3);
      // A queue whose tables stay locked by readers remains.
      if (n % 7 === 5)
        await dropQueue(database.pool, "passing").catch((error) => {
          if (error.code !== SQLSTATE.lockNotAvailable) throw error;
        });
    }
  };
  const writing = write();
  const cursors: (string | null)[] = [null];
  for (let n = 0; n < 30; n++) {
    const limit = pick([1, 3, 10, 25, 50, 200]) ?? 1;
    const sort = pick(["newest", "oldest"] as const) ?? "newest";
    const cursor = pick(cursors) ?? null;
    const filters = taskFilters({ limit, sort, cursor });
    const [found, all] = await withQueues([], {}, async (scope) => {
      const search = await toTaskSearch(scope, filters);
      return [await walkManyQueues(scope.db, search), await scanTasks(scope.db, search, "walk")];
    });
    expect(found).toEqual(all);
    const page = await list({ limit, sort, cursor });
    cursors.push(page.older, page.newer);
  }
  isDone = true;
  await writing;
}, 60_000);

test("a page by state and name is that of reading all queues, while tasks are claimed and fail", async () => {
  const random = randomNumbers(3);
  const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)];
  let isDone = false;
  const write = async () => {
    const chance = randomNumbers(5);
    while (!isDone) {
      const queue = nameOf(Math.floor(chance() * QUEUES));
      await query(
        "select absurd.spawn_task($1, case n % 3 when 0 then 'rare' else 'work' end, '{}', '{\"max_attempts\": 1}') from generate_series(1, 4) n",
        [queue],
      );
      const { rows } = await query("select run_id from absurd.claim_task($1, 'w', 60, 3)", [queue]);
      const [failed, completed] = rows;
      if (failed) await query("select absurd.fail_run($1, $2, '{}')", [queue, failed.run_id]);
      if (completed)
        await query("select absurd.complete_run($1, $2, 'null')", [queue, completed.run_id]);
    }
  };
  const writing = write();
  const conditions: Pick<Partial<TaskFilters>, "state" | "name">[] = [
    { state: ["failed"] },
    { state: ["pending"] },
    { state: ["running"] },
    { state: ["sleeping"] },
    { state: ["completed", "failed"] },
    { name: ["rare"] },
    { state: ["failed"], name: ["rare", "work"] },
  ];
  let found = 0;
  for (let n = 0; n < 28; n++) {
    const condition = conditions[n % conditions.length];
    const limit = pick([1, 3, 10, 50]) ?? 1;
    const sort = pick(["newest", "oldest"] as const) ?? "newest";
    let cursor: string | null = null;
    for (let page = 0; page < 2; page++) {
      const filters = taskFilters({ ...condition, limit, sort, cursor });
      const [got, all] = await withQueues([], {}, async (scope) => {
        const search = await toTaskSearch(scope, filters);
        return [
          await pageByKey(scope.db, search, {}),
          await scanTasks(scope.db, search, "walk"),
        ] as const;
      });
      const ahead: string | null = sort === "newest" ? got.older : got.newer;
      // On a slow machine a search may run out of time, and says how far it got.
      const most = got.searchedTo === undefined ? limit : got.rows.length;
      expect(got.rows).toEqual(all.slice(0, most));
      expect(ahead !== null).toBe(all.length > limit || got.searchedTo !== undefined);
      found += got.rows.length;
      if (ahead === null) break;
      cursor = ahead;
    }
  }
  isDone = true;
  await writing;
  expect(found).toBeGreaterThan(0);
}, 60_000);

test.each(["first", "second"])("the %s page of its size reads rows of few queues", async () => {
  const statements = await recordStatements(() => list({ limit: 5 }));
  const tables = (await explainStatements(statements)).flatMap(flattenPlan).flatMap((node) => {
    const rows = node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0);
    const isRead = node["Node Type"] !== "Index Only Scan" && rows > 0;
    return isRead && node["Relation Name"]?.startsWith("t_") ? [node["Relation Name"]] : [];
  });
  expect(new Set(tables).size).toBeGreaterThan(0);
  expect(new Set(tables).size).toBeLessThanOrEqual(6);
});

test("no table is read whole, however small it was when the statement was planned", async () => {
  await query("vacuum analyze");
  const readRows = async () => {
    await endReaders(database);
    const { rows } = await query(
      "select sum(seq_tup_read)::int as read from pg_stat_user_tables where relname ~ '^t_'",
    );
    return rows[0].read;
  };
  // The first page of a size reads few queues, by statements for its values.
  await list({ limit: 7 });
  const before = await readRows();
  for (let n = 0; n < 3; n++) await list({ limit: 7 });
  expect(await readRows()).toBe(before);
});

test("values of any kind are those of reading all queues", async () => {
  const [first = "", second = ""] = await spawn("q01", 2);
  const [inPartition = ""] = await spawn("q03", 1);
  await query(
    `update absurd.t_q01 set task_name = $2, headers = 'null', max_attempts = null, last_attempt_run = null,
       enqueue_at = '4713-01-01 00:00:00.000001 BC', first_started_at = '294276-12-31 23:59:59.999999'
     where task_id = $1`,
    [first, `"a", \\ ' ⟨1⟩ \u0001 ${"é".repeat(600)}`],
  );
  await query(
    `update absurd.t_q01 set state = 'cancelled', cancelled_at = '2026-03-29 01:59:59.123456+00', max_attempts = 2147483647,
       headers = jsonb_build_object('workflow_run_id', repeat('x', 300000), 'tenant_id', 'a', 'n', 1e400)
     where task_id = $1`,
    [second],
  );
  await query("alter table absurd.t_q03 add column tenant_id text");
  await query("update absurd.t_q03 set tenant_id = 'of the column' where task_id = $1", [
    inPartition,
  ]);
  // Known columns of tables may be some seconds old, except for a queue that is named.
  await list({ queue: ["q03"] });
  for (let n = 0; n < 2; n++) {
    const [found, all] = await withQueues([], {}, async (scope) => {
      const search = await toTaskSearch(scope, taskFilters({ limit: 10 }));
      return [await walkManyQueues(scope.db, search), await scanTasks(scope.db, search, "walk")];
    });
    expect(found).toEqual(all);
    expect(found.map(({ taskId }) => taskId)).toEqual(
      expect.arrayContaining([first, second, inPartition]),
    );
    expect(found.find(({ taskId }) => taskId === inPartition)?.tenantId).toBe("of the column");
  }
  await query("alter table absurd.t_q03 drop column tenant_id");
});

test("pages with tasks of other queues send the same statement for their attempts", async () => {
  const readAttempts = async () => {
    const statements = await recordStatements(() => list({ limit: 60 }));
    return statements.filter(({ text }) => text.includes('as "runId"')).map(({ text }) => text);
  };
  await spawn("q11");
  const known = await readAttempts();
  await spawn("q11", 20);
  expect(await readAttempts()).toEqual(known);
  await query("select absurd.drop_queue('q11')");
  const [left = ""] = await readAttempts();
  expect(left).toContain('"r_q');
  expect(left).not.toContain('"r_q11"');
});

test("a new queue is listed at once, and a dropped one no more", async () => {
  await list();
  await query("select absurd.create_queue('late')");
  const [id] = await spawn("late");
  expect(ids(await list({ limit: 1 }))).toEqual([id]);
  await query("select absurd.drop_queue('late')");
  const { rows, unreadable } = await list({ limit: 200 });
  expect(rows.filter(({ queue }) => queue === "late")).toEqual([]);
  expect(unreadable).toBeUndefined();
});

test("rows that row-level security begins to hide make their queue unreadable, not empty", async () => {
  await query(`
    create role filtered_list login password 'filtered';
    grant usage on schema absurd to filtered_list;
    grant select on all tables in schema absurd to filtered_list`);
  const url = new URL(database.url);
  url.username = "filtered_list";
  url.password = "filtered";
  process.env.DATABASE_READ_URL = url.href;
  forgetEnvironment();
  await closePools();
  // Several reads find out at the same time.
  const listUnreadable = () =>
    Promise.all([1, 2, 3].map(async () => (await list({ limit: 200 })).unreadable));
  expect(await listUnreadable()).toEqual([undefined, undefined, undefined]);
  await query("alter table absurd.t_q01 enable row level security");
  const hidden = [{ name: "q01", reason: "row_security" }];
  expect(await listUnreadable()).toEqual([hidden, hidden, hidden]);
  await query("alter table absurd.t_q01 disable row level security");
  delete process.env.DATABASE_READ_URL;
  forgetEnvironment();
  await closePools();
});

test("the instant of a list is that of its snapshot, not of the known queues", async () => {
  const instants: string[] = [];
  for (let n = 0; n < 2; n++) {
    instants.push((await inSnapshot((db) => listRegisteredQueues(db))).now);
    await pause(2);
  }
  expect(instants[0]).not.toBe(instants[1]);
});
