import { sql } from "drizzle-orm";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { inSnapshot } from "@/lib/db/snapshot";
import { type KeyRange, uuidFloor } from "@/lib/model/key-range";
import { openTestDatabase } from "@/testing/dashboard-database";
import { type FoundTasks, searchHeaders } from "./headers";

const database = openTestDatabase();
const DAY = 86_400_000;
const QUEUES = ["plain", "parts"];
const now = Date.now();
const history: KeyRange = { from: uuidFloor(now - 101 * DAY), to: uuidFloor(now + 1_000) };

/** One task per hour for a hundred days in both queues; in each queue every hundredth is marked. */
beforeAll(async () => {
  for (const queue of QUEUES) {
    await createQueue(database.pool, queue, {
      storageMode: queue === "parts" ? "partitioned" : "unpartitioned",
    });
    for (let n = 1; n <= 2_400; n += 1_200) await insert(queue, n, n + 1_199);
  }
});
afterEach(() => {
  vi.restoreAllMocks();
});

const insert = (queue: string, from: number, to: number, hours = "1 hour") =>
  database.pool.query(
    `insert into absurd.t_${queue} (task_id, task_name, params, headers, state, attempts)
     select (lpad(to_hex(($3::bigint - n * extract(epoch from $4::interval) * 1000)::bigint), 12, '0') || '7000'
         || substr(md5('${queue}' || n), 1, 16))::uuid,
       'job', '{}', case when n % 100 = 0 then '{"mark": "x"}'::jsonb end, 'completed', 1
     from generate_series($1::int, $2::int) n`,
    [from, to, now, hours],
  );

async function marked(): Promise<string[]> {
  const { rows } = await database.pool.query(
    `${QUEUES.map(
      (queue) => `select '${queue}/' || task_id as id, task_id from absurd.t_${queue}
        where headers ->> 'mark' = 'x'`,
    ).join(" union all ")} order by task_id`,
  );
  return rows.map((row) => row.id);
}

type More = {
  most?: number;
  range?: KeyRange;
  queues?: string[];
  budget?: number;
  firstBudget?: number;
};
/** The default budget is large, so that results don't depend on the machine's speed. */
const search = (key: string, more: More = {}) =>
  inSnapshot((db) =>
    searchHeaders(db, more.queues ?? QUEUES, {
      key,
      matches: (headers) => sql`${headers} ->> 'mark' = 'x'`,
      range: more.range ?? history,
      most: more.most ?? 1_000,
      budget: more.budget ?? 60_000,
      ...(more.firstBudget !== undefined && { firstBudget: more.firstBudget }),
    }),
  );
const names = ({ found }: FoundTasks) => found.map(({ queue, taskId }) => `${queue}/${taskId}`);

test("finds the tasks of all queues, oldest first", async () => {
  const result = await search("all");
  expect(names(result)).toEqual(await marked());
  expect(result).toMatchObject({ found: { length: 48 }, rest: null, full: false });
});

test("continues after the budget and finds every task", async () => {
  let elapsed = 0;
  vi.spyOn(performance, "now").mockImplementation(() => (elapsed += 10));
  const rests: (string | null)[] = [];
  for (;;) {
    const result = await search("in steps", { budget: 130 });
    rests.push(result.rest);
    if (result.rest === null) {
      expect(names(result)).toEqual(await marked());
      break;
    }
    // Every task found is older than the range that was not searched.
    expect(names(result)).toEqual(
      (await marked()).filter((id) => (id.split("/")[1] ?? "") < (result.rest ?? "")),
    );
  }
  expect(rests.length).toBeGreaterThan(3);
  expect(rests.slice(0, -1)).toEqual(rests.slice(0, -1).toSorted());
});

test("the first call may have a smaller budget than those that continue the search", async () => {
  const first = await search("small first", { firstBudget: 0 });
  expect(first.rest).not.toBeNull();
  const second = await search("small first", { firstBudget: 0 });
  expect(second.rest).toBeNull();
  expect(names(second)).toEqual(await marked());
});

test("a search of the last minutes continues too", async () => {
  const recent = { ...history, from: uuidFloor(now - 90_000) };
  await search("recent", { range: recent, firstBudget: 0 });
  expect((await search("recent", { range: recent, firstBudget: 0 })).rest).toBeNull();
});

test("finds tasks that were spawned or committed since the last search", async () => {
  await search("again");
  // One task a minute ago, which late commits may still follow, and one ten seconds ago.
  await insert("plain", 100, 100, "0.6 seconds");
  await insert("parts", 100, 100, "0.1 seconds");
  expect(names(await search("again"))).toEqual(await marked());
});

test("the cache is not used for other queues or a range that starts earlier", async () => {
  const recent = { ...history, from: uuidFloor(now - 10 * DAY) };
  const some = await search("narrow", { range: recent });
  expect(some.found.length).toBeLessThan(10);
  expect(names(await search("narrow"))).toEqual(await marked());
  const plain = await search("narrow", { queues: ["plain"] });
  expect(names(plain)).toEqual((await marked()).filter((id) => id.startsWith("plain/")));
});

test("stops at the maximum number of tasks", async () => {
  const result = await search("few", { most: 5 });
  expect(result).toMatchObject({ found: { length: 5 }, rest: null, full: true });
});
