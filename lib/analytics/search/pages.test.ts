import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import type { Uuid } from "@/lib/model/ids";
import type { TaskState } from "@/lib/model/states";
import type { TaskFilters } from "@/lib/search-params/tasks/filters";
import { openTestDatabase } from "@/testing/dashboard-database";
import { follow, ids, list } from "@/testing/reads";

const database = openTestDatabase();
const QUEUES = ["even", "odd", "parts"];

type Made = { queue: string; id: Uuid; name: string; state: TaskState; at: Date };
let made: Made[];

/**
 * Three queues of 3,000 tasks each, three of each queue in every millisecond that has any. There are many sleeping
 * tasks everywhere, many pending ones in the middle third only, and few running ones; some sleep in their second
 * attempt, and some have two active runs, which breaks an invariant.
 */
beforeAll(async () => {
  const { pool } = database;
  for (const [index, queue] of QUEUES.entries()) {
    await createQueue(pool, queue, {
      storageMode: queue === "parts" ? "partitioned" : "unpartitioned",
    });
    await pool.query(`
      create table made as
      select n, at, ${parseId("7000")} as id, ${parseId("7001")} as first_run, ${parseId("7002")} as second_run,
        case when n % 97 = 0 then 'rare' else 'common' end as name,
        case when n % 5 = 0 then 'sleeping' when n between 1000 and 1999 and n % 2 = 0 then 'pending'
          when n % 211 = 0 then 'running' when n % 7 = 0 then 'failed' else 'completed' end as state
      from (
        select n, date_trunc('milliseconds', now()) - n / 3 * interval '10 minutes' as at
        from generate_series(1, 3000) n
      ) numbers, (select ${index}::int as queue) which`);
    await pool.query(`
      insert into absurd.t_${queue} (task_id, task_name, params, state, attempts, enqueue_at, last_attempt_run)
      select id, name, '{}', state, 1, at, first_run from made;
      insert into absurd.r_${queue} (run_id, task_id, attempt, state, available_at, created_at)
      select first_run, id, 1, case when n % 15 = 0 then 'failed' else state end, at, at from made
      union all
      select second_run, id, 2, state, 'infinity', at from made where n % 15 = 0 or n % 20 = 0`);
    await pool.query("drop table made");
  }
  await pool.query("vacuum analyze");
  const { rows } = await pool.query(
    QUEUES.map(
      (
        queue,
      ) => `select '${queue}' as queue, task_id as id, task_name as name, state, enqueue_at as at
        from absurd.t_${queue}`,
    ).join(" union all "),
  );
  made = rows.toSorted((a, b) => (a.id < b.id ? 1 : -1));
});

/** An id of the row's millisecond; ids of one millisecond are in random order. */
function parseId(kind: string): string {
  return `(lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '${kind}' || '8'
    || substr(md5(n::text || '/' || queue), 1, 15))::uuid`;
}

const someOf = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 0 });

const filters = fc.record({
  state: fc.oneof(
    fc.constantFrom<TaskState[]>(["sleeping"], ["pending"], ["running"], ["pending", "running"]),
    someOf<TaskState>(["pending", "running", "sleeping", "failed", "completed"]),
  ),
  queue: someOf(QUEUES),
  name: fc.constantFrom<string[]>([], [], ["rare"], ["common"], ["rare", "common"]),
  sort: fc.constantFrom<TaskFilters["sort"]>("newest", "oldest"),
  limit: fc.constantFrom(30, 100, 200),
});

const scopes = fc.oneof(
  fc.constant<Partial<TaskFilters>>({}),
  fc.constant<Partial<TaskFilters>>({}),
  fc
    .integer({ min: 2, max: 7 })
    .chain((letters) =>
      fc
        .nat(8999)
        .map((n): Partial<TaskFilters> => ({ id: (made[n] as Made).id.slice(0, letters) })),
    ),
  fc.tuple(fc.nat(8999), fc.nat(8999)).map(([a, b]): Partial<TaskFilters> => {
    const [before, after] = [Math.min(a, b), Math.max(a, b)].map((n) => made[n] as Made);
    return { after: after?.at.toISOString() ?? null, before: before?.at.toISOString() ?? null };
  }),
);

const matches = (task: Made, asked: Partial<TaskFilters>) =>
  (!asked.state?.length || asked.state.includes(task.state)) &&
  (!asked.queue?.length || asked.queue.includes(task.queue)) &&
  (!asked.name?.length || asked.name.includes(task.name)) &&
  (!asked.id || task.id.startsWith(asked.id)) &&
  (!asked.after || task.at >= new Date(asked.after)) &&
  (!asked.before || task.at < new Date(asked.before));

test("paging from any cursor returns what the same filters select in memory", async () => {
  await fc.assert(
    fc.asyncProperty(
      filters,
      scopes,
      fc.option(fc.tuple(fc.constantFrom("older" as const, "newer" as const), fc.nat(8999))),
      async (some, scope, start) => {
        const asked = { ...some, ...scope };
        const direction = start ? start[0] : some.sort === "oldest" ? "newer" : "older";
        const from = start && (made[start[1]] as Made).id;
        const cursor = from && `${direction === "older" ? "o" : "n"}.${from}`;
        const first = await list({ ...asked, cursor });
        const pages = await follow(first, direction, asked);
        const back = direction === "older" ? "newer" : "older";
        const returned = pages.length > 1 && { ...asked, cursor: pages.at(-1)?.[back] ?? null };
        if (returned) expect(ids(await list(returned))).toEqual(pages.slice(-2, -1).flatMap(ids));
        const expected = made
          .filter((task) => matches(task, asked))
          .map((task) => task.id)
          .filter((id) => from === null || (direction === "older" ? id < from : id > from));
        // Rows of a page are in the order of the list, for either direction of paging.
        const upwards = (found: string[]) => (some.sort === "oldest" ? found : found.toReversed());
        const inDirection = (found: string[]) =>
          direction === "newer" ? upwards(found) : upwards(found).toReversed();
        expect(pages.flatMap((page) => inDirection(ids(page)))).toEqual(
          direction === "older" ? expected : expected.toReversed(),
        );
      },
    ),
    { numRuns: 50 },
  );
}, 120_000);
