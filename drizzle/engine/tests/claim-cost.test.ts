import { describe, expect, test } from "vitest";
import { type Engine, MODES, provideEngine } from "./engine";

/**
 * Pages of 8 kB of the engine's tables and indexes that a claim of one run accesses, in the cheapest of three calls. Pages
 * of the catalog are not counted: how many of them a session loads again depends on what others create.
 */
async function countPages(e: Engine): Promise<number> {
  const counts: number[] = [];
  for (let call = 0; call < 3; call++) {
    const before = await countAccesses(e);
    await e.claim();
    counts.push((await countAccesses(e)) - before);
  }
  return Math.min(...counts);
}

/** Pages of the engine's tables and indexes that this test's transaction has accessed. */
async function countAccesses(e: Engine): Promise<number> {
  const row = await e.row(
    `select sum(pg_stat_get_xact_blocks_fetched(oid)) as pages
     from pg_class where relnamespace = 'absurd'::regnamespace and relkind in ('r', 'i')`,
  );
  return Number(row.pages);
}

/** Inserts ended tasks, unknown to the statistics until the tables are analysed. */
async function addHistory(e: Engine, count: number, cancellation: object | null = null) {
  await e.rows(
    `with task as (
       insert into ${e.table("t")} (task_id, task_name, params, state, attempts, last_attempt_run, cancellation)
       select absurd.portable_uuidv7(), 'old', '{}', 'completed', 1, absurd.portable_uuidv7(), $2::jsonb
       from generate_series(1, $1)
       returning task_id, last_attempt_run
     )
     insert into ${e.table("r")} (run_id, task_id, attempt, state, available_at, completed_at)
     select last_attempt_run, task_id, 1, 'completed', absurd.current_time(), absurd.current_time() from task`,
    count,
    cancellation,
  );
}

async function spawnMany(e: Engine, count: number) {
  await e.rows(
    "select count(*) from generate_series(1, $2) n, lateral absurd.spawn_task($1, 'job', to_jsonb(n))",
    e.queue,
    count,
  );
}

// A rollback leaves dead rows, so tests that count pages need tables of their own.
describe.each(MODES)("tasks with a policy, %s", (mode) => {
  const engine = provideEngine(mode);

  test("a change of a task's state does not touch its indexes", async () => {
    const e = engine();
    const countUpdates = async () => {
      const row = await e.row(
        `select sum(pg_stat_get_xact_tuples_updated(c.oid)) as updated,
           sum(pg_stat_get_xact_tuples_hot_updated(c.oid)) as in_place
         from pg_class c
         where c.relkind = 'r' and c.relname like 't\\_q%'`,
      );
      return { all: Number(row.updated), inPlace: Number(row.in_place) };
    };
    const { task, run } = await e.spawn({ cancellation: { max_delay: 60 } });
    const before = await countUpdates();
    await e.claim();
    await e.on("schedule_run", run, "2026-03-02");
    await e.claim();
    await e.on("complete_run", run);
    expect(await e.task(task)).toMatchObject({ state: "completed" });
    const after = await countUpdates();
    expect(after.all - before.all).toBe(4);
    expect(after.inPlace - before.inPlace).toBe(4);
  });

  test("with many finished tasks with a policy, a poll starts from the active runs", async () => {
    const e = engine();
    const { task } = await e.running({ cancellation: { max_duration: 10 } }, 0);
    const before = await countPages(e);
    await addHistory(e, 20_000, { max_duration: 10 });
    await e.rows(`analyze ${e.table("t")}, ${e.table("r")}`);
    // The history has more than 300 pages. The choice between both ways reads catalogs, for each partition.
    expect(await countPages(e)).toBeLessThan(before + 100);
    await e.clock(10);
    await e.claim();
    expect(await e.task(task)).toMatchObject({ state: "cancelled" });
  });
});

describe.each(MODES)("tasks without a policy, %s", (mode) => {
  const engine = provideEngine(mode);

  test("a poll does not scan finished tasks, even with stale statistics", async () => {
    const e = engine();
    await e.running();
    await e.rows(`analyze ${e.table("t")}, ${e.table("r")}`);
    const before = await countPages(e);
    await addHistory(e, 20_000);
    expect(await countPages(e)).toBeLessThan(before + 40);
  });
});

describe.each(MODES)("runs of one instant, %s", (mode) => {
  const engine = provideEngine(mode);

  test("a claim does not read all runs that became available at one instant", async () => {
    const e = engine();
    await spawnMany(e, 1_000);
    const before = await countPages(e);
    await spawnMany(e, 9_000);
    expect(await countPages(e)).toBeLessThan(before + 150);
    const runs = await e.claim({ qty: 1_000 });
    expect(new Set(runs.map((run) => run.run_id)).size).toBe(1_000);
  }, 120_000);

  test("among hundreds of runs of one instant, the smallest ids are claimed first", async () => {
    const e = engine();
    const ids: string[] = [];
    for (let count = 0; count < 300; count++) ids.push((await e.spawn()).run);
    // The updates move these rows to the end of the table, where the index finds them last.
    await e.rows(
      `update ${e.table("r")} set wake_event = 'x', state = 'sleeping'
       where run_id = any ($1::uuid[])`,
      `{${ids.slice(0, 5).join()}}`,
    );
    await e.rows(
      `update ${e.table("r")} set state = 'pending' where run_id = any ($1::uuid[])`,
      `{${ids.slice(0, 3).join()}}`,
    );
    const claimed = await e.claim({ qty: 6 });
    expect(claimed.map((run) => run.run_id)).toEqual(ids.toSorted().slice(0, 6));
  });
});
