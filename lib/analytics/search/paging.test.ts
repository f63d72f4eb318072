import fc from "fast-check";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import type { TaskFilters } from "@/lib/search-params/tasks/filters";
import { openTestDatabase } from "@/testing/dashboard-database";
import { follow, ids, list } from "@/testing/reads";

const database = openTestDatabase();

describe("a search that runs out of time", () => {
  beforeAll(async () => {
    await createQueue(database.pool, "sparse");
    // One task a minute for a hundred days, one match per 12,000.
    await database.pool.query(`
      insert into absurd.t_sparse (task_id, task_name, params, state, attempts)
      select (lpad(to_hex((extract(epoch from now() - n * interval '1 minute') * 1000)::bigint), 12, '0')
          || '70008000' || lpad(to_hex(n), 12, '0'))::uuid,
        case when n % 12000 = 0 then 'rare' else 'common' end, 'null', 'completed', 1
      from generate_series(1, 144000) n`);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test.each(["older", "newer"] as const)(
    "returns how far it got, and the next page continues there: %s",
    async (direction) => {
      const scope = { queue: ["sparse"], name: ["rare"], limit: 4 };
      const { rows } = await list({ ...scope, limit: 200 });
      expect(rows).toHaveLength(12);
      let elapsed = 0;
      vi.spyOn(performance, "now").mockImplementation(() => (elapsed += 1_000));
      const start = direction === "older" ? null : "n.00000000-0000-0000-0000-000000000000";
      const pages = await follow(await list({ ...scope, cursor: start }), direction, scope);
      expect(pages.length).toBeGreaterThan(4);
      const found = direction === "older" ? pages : pages.toReversed();
      expect(found.flatMap(ids)).toEqual(rows.map((row) => row.taskId));
      const reached = pages.flatMap((page) => page.searchedTo ?? []);
      expect(reached.length).toBeGreaterThan(3);
      const sorted = reached.toSorted();
      expect(reached).toEqual(direction === "older" ? sorted.toReversed() : sorted);
    },
  );
});

describe("paging", () => {
  beforeAll(async () => {
    await createQueue(database.pool, "left");
    await createQueue(database.pool, "right", { storageMode: "partitioned" });
  });

  test("neither skips nor repeats tasks while others arrive", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 9 }),
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 4 }),
        fc.constantFrom<Partial<TaskFilters>>({}, { state: ["pending"] }, { name: ["work"] }),
        async (limit, arrivals, filter) => {
          const scope = { ...filter, queue: ["left", "right"], limit };
          for (const [n, count] of arrivals.entries())
            for (let k = 0; k <= count; k++)
              await spawnTask(database.pool, n % 2 ? "left" : "right", "work");
          const before = await everything();
          const seen: string[] = [];
          let page = await list(scope);
          for (;;) {
            seen.push(...ids(page));
            await spawnTask(database.pool, "left", "work");
            if (!page.older) break;
            page = await list({ ...scope, cursor: page.older });
          }
          expect(seen).toEqual(before);
          const back: string[] = [...ids(page)];
          while (page.newer) {
            page = await list({ ...scope, cursor: page.newer });
            back.unshift(...ids(page));
          }
          // The newest page has no cursor to newer tasks: a refresh shows them.
          expect(back).toEqual(before.length > limit ? await everything() : before);
        },
      ),
      { numRuns: 6 },
    );
  }, 60_000);

  async function everything(): Promise<string[]> {
    const { rows } = await database.pool.query(
      `select task_id from absurd.t_left union all select task_id from absurd.t_right order by 1 desc`,
    );
    return rows.map((row) => row.task_id);
  }

  test("an empty page has a cursor back", async () => {
    const oldest = (await everything()).at(-1) ?? "";
    const page = await list({ queue: ["left", "right"], cursor: `o.${oldest}`, limit: 3 });
    expect(page).toMatchObject({ rows: [], older: null });
    const back = await list({ queue: ["left", "right"], cursor: page.newer, limit: 3 });
    expect(ids(back)).toContain(oldest);
  });

  test("a cursor of another list is refused", async () => {
    await expect(list({ cursor: "o.1" })).rejects.toMatchObject({ code: "bad_request" });
  });
});
