import { beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import type { Page } from "@/lib/model/page";
import type { TaskSummary } from "@/lib/model/task";
import { TASK_SORTS } from "@/lib/search-params/tasks/sort";
import { openTestDatabase } from "@/testing/dashboard-database";
import { ids, list } from "@/testing/reads";

const database = openTestDatabase();

/** Two queues of sixty tasks, a minute apart: every third one sleeps, many of them due at the same time. */
beforeAll(async () => {
  for (const queue of ["a", "b"]) {
    await createQueue(database.pool, queue, {
      storageMode: queue === "b" ? "partitioned" : "unpartitioned",
    });
    await database.pool.query(`
      create table made as select n,
        (lpad(to_hex((extract(epoch from now() - n * interval '1 minute') * 1000)::bigint), 12, '0')
          || '7${queue}008000' || lpad(to_hex(n), 12, '0'))::uuid as id,
        now() - n * interval '1 minute' as ts,
        case n % 3 when 0 then 'sleeping' when 1 then 'completed' else 'failed' end as state
      from generate_series(1, 60) n;
      insert into absurd.t_${queue}
        (task_id, task_name, params, state, attempts, enqueue_at, first_started_at, last_attempt_run)
      select id, 'job ' || n % 2, '{}', state, 1 + n % 5, ts, ts, id from made;
      insert into absurd.r_${queue}
        (run_id, task_id, attempt, state, available_at, completed_at, failed_at, created_at)
      select id, id, 1 + n % 5, state,
        case when n % 9 = 0 then 'infinity' else now() - n / 6 * interval '1 second' end,
        case when state = 'completed' then ts + n % 7 * interval '1.000001 second' end,
        case when state = 'failed' then ts + n % 7 * interval '1 second' end, ts from made;
      drop table made`);
  }
});

/** Pages to the end and back to the start, and returns the rows. */
async function walk(filters: Parameters<typeof list>[0], onward: "older" | "newer" = "older") {
  const back = onward === "older" ? "newer" : "older";
  const pages: Page<TaskSummary>[] = [await list({ ...filters, limit: 7 })];
  for (let page = pages[0]; page?.[onward]; pages.push(page))
    page = await list({ ...filters, limit: 7, cursor: page[onward] });
  const returned = [pages.at(-1)];
  for (let page = pages.at(-1); page?.[back]; returned.unshift(page))
    page = await list({ ...filters, limit: 7, cursor: page[back] });
  expect(pages[0]?.[back]).toBeNull();
  expect(returned.flatMap((page) => (page ? ids(page) : []))).toEqual(pages.flatMap(ids));
  return pages.flatMap((page) => page.rows);
}

test("oldest first is the reverse of newest first", async () => {
  const newest = await walk({});
  expect(newest).toHaveLength(120);
  expect(await walk({ sort: "oldest" }, "newer")).toEqual(newest.toReversed());
  const filters = { name: ["job 1"], state: ["failed" as const] };
  const failed = await walk(filters);
  expect(failed).toHaveLength(20);
  expect(await walk({ ...filters, sort: "oldest" }, "newer")).toEqual(failed.toReversed());
});

test("tasks are sorted by due time, those that are never due at the end", async () => {
  const rows = await walk({ state: ["sleeping"], sort: "due" });
  expect(rows).toHaveLength(40);
  const due = rows.map(({ run }) =>
    run?.availableAt === "infinity" ? Infinity : Date.parse(run?.availableAt ?? ""),
  );
  expect(due).toEqual(due.toSorted((x, y) => (x === y ? 0 : x - y)));
  expect(due.filter((at) => at === Infinity)).toHaveLength(12);
  const some = await walk({ state: ["sleeping"], sort: "due", name: ["job 0"], queue: ["b"] });
  expect(some.map((row) => row.taskId)).toEqual(
    rows.filter((row) => row.name === "job 0" && row.queue === "b").map((row) => row.taskId),
  );
});

test("tasks of a time range are ranked by attempts and by duration", async () => {
  const attempts = (await walk({ sort: "attempts", range: "1d" })).map((row) => row.attempts);
  expect(attempts).toHaveLength(120);
  expect(attempts).toEqual(attempts.toSorted((x, y) => y - x));

  const ended = await walk({ sort: "duration", range: "1d", state: ["completed", "failed"] });
  expect(ended).toHaveLength(80);
  const took = ended.map((row) => Date.parse(row.endedAt ?? "") - Date.parse(row.enqueuedAt));
  expect(took).toEqual(took.toSorted((x, y) => y - x));

  // The duration of a task that has not ended is its age, so a sleeping one ranks first.
  const [longest] = await walk({ sort: "duration", range: "1d" });
  expect(longest?.state).toBe("sleeping");
  expect((await list({ sort: "duration", range: "30m" })).rows).toHaveLength(50);
});

test("an order that the filters exclude is refused with a hint", async () => {
  await expect(list({ sort: "due" })).rejects.toMatchObject({
    code: "bad_request",
    message: expect.stringContaining("Sorting by due time needs active states"),
  });
  await expect(list({ sort: "due", state: ["failed"] })).rejects.toMatchObject({
    code: "bad_request",
  });
  for (const sort of ["attempts", "duration"] as const)
    await expect(list({ sort })).rejects.toMatchObject({ hint: "Narrow it by time." });
});

test("a cursor of another order is refused", async () => {
  const filters = { limit: 1, range: "1d", state: ["sleeping" as const] };
  for (const sort of TASK_SORTS) {
    const { older, newer } = await list({ ...filters, sort });
    const cursor = older ?? newer;
    expect(cursor).toBeTruthy();
    const other = sort === "due" ? "attempts" : "due";
    await expect(list({ ...filters, sort: other, cursor })).rejects.toMatchObject({
      code: "bad_request",
    });
  }
});

test("an idempotency key finds its task in every kind of queue", async () => {
  const { pool } = database;
  const spawn = async (queue: string, key: string) =>
    (
      await pool.query("select task_id from absurd.spawn_task($1, 'keyed', '{}', $2)", [
        queue,
        { idempotency_key: key },
      ])
    ).rows[0].task_id;
  const [first, second, other] = [
    await spawn("a", "order-42"),
    await spawn("b", "order-42"),
    await spawn("b", "order, 43"),
  ];
  const newestFirst = (...some: string[]) => some.toSorted().toReversed();
  expect(ids(await list({ idempotency: ["order-42"] }))).toEqual(newestFirst(first, second));
  expect(ids(await list({ idempotency: ["order-42"], queue: ["b"] }))).toEqual([second]);
  expect(ids(await list({ idempotency: ["order-42", "order, 43"], sort: "oldest" }))).toEqual(
    newestFirst(first, second, other).toReversed(),
  );
  expect(ids(await list({ idempotency: ["order-42"], name: ["job 1"] }))).toEqual([]);
  expect(ids(await list({ idempotency: ["order"] }))).toEqual([]);
});
