import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { at, Engine, MODES } from "./engine";

// Without the usual transaction around each test: a poll in a transaction that has written does not use what its session
// keeps of the last sweep.
describe.each(MODES)("the sweep of many tasks with a policy, %s", (mode) => {
  let database: TestDatabase;
  let poller: Engine;
  let other: Engine;

  beforeEach(async () => {
    database = await createTestDatabase();
    [poller, other] = [await open(), await open()];
    await poller.call("create_queue", "q", mode);
  });
  afterEach(async () => {
    await poller.client.end();
    await other.client.end();
    await database.drop();
  });

  async function open(): Promise<Engine> {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query("set timezone = 'UTC'");
    await client.query(`set absurd.fake_now = '${at(0)}'`);
    return new Engine(client, "q");
  }

  /** Tasks that sleep until an event, with a limit 1,000 seconds after T. */
  async function addSleepers(count: number) {
    await other.rows(
      `select count(*) from generate_series(1, $2) n,
         lateral absurd.spawn_task($1, 'job', to_jsonb(n), '{"cancellation":{"max_duration":1000}}')`,
      "q",
      count,
    );
    await other.rows(
      `select count(*) from absurd.claim_task($1, 'w', 60, $2) run,
         lateral absurd.await_event($1, run.task_id, run.run_id, 'step', 'never')`,
      "q",
      count,
    );
  }

  const countSleepers = async () =>
    Number(
      (await other.row(`select count(*) from ${other.table("t")} where state = 'sleeping'`)).count,
    );

  /** Polls twice, so that the second poll can rely on the first. */
  async function pollTwice(seconds: number) {
    await poller.clock(seconds);
    for (let poll = 0; poll < 2; poll++) expect(await poller.claim()).toEqual([]);
  }

  test("cancels every task at its limit, although nothing was written since the last poll", async () => {
    await addSleepers(20);
    await pollTwice(0);
    await pollTwice(999.999);
    expect(await countSleepers()).toBe(20);
    await poller.clock(1000);
    expect(await poller.claim()).toEqual([]);
    expect(await countSleepers()).toBe(0);
  });

  test("cancels a task that was spawned after the last poll", async () => {
    await addSleepers(20);
    await pollTwice(0);
    const { task } = await other.spawn({ cancellation: { max_delay: 10 } });
    await poller.clock(10);
    expect(await poller.claim()).toEqual([]);
    expect(await other.task(task)).toMatchObject({ state: "cancelled", cancelled_at: at(10) });
  });

  test("cancels a task that was retried past its limit after the last poll", async () => {
    const { task, run } = await other.running({
      cancellation: { max_duration: 50 },
      max_attempts: 1,
    });
    await other.on("fail_run", run, null);
    await addSleepers(20);
    await pollTwice(60);
    await other.clock(60);
    await other.on("retry_task", task);
    expect(await poller.claim()).toEqual([]);
    expect(await other.task(task)).toMatchObject({ state: "cancelled", cancelled_at: at(60) });
  });

  test("cancels a task whose transaction began before the last poll and ended after it", async () => {
    await addSleepers(20);
    await other.rows("begin");
    const { task } = await other.spawn({ cancellation: { max_delay: 10 } });
    await pollTwice(10);
    await other.rows("commit");
    expect(await poller.claim()).toEqual([]);
    expect(await other.task(task)).toMatchObject({ state: "cancelled", cancelled_at: at(10) });
  });

  test("cancels a task that the poll's own transaction spawned", async () => {
    await addSleepers(20);
    await pollTwice(10);
    await poller.rows("begin");
    const { task } = await poller.spawn({ cancellation: { max_delay: 0 } });
    expect(await poller.claim()).toEqual([]);
    await poller.rows("commit");
    expect(await other.task(task)).toMatchObject({ state: "cancelled", cancelled_at: at(10) });
  });

  test("finds a limit that was changed by hand, and one that is no number", async () => {
    await addSleepers(20);
    await pollTwice(10);
    await other.rows(
      `update ${other.table("t")} set cancellation = '{"max_duration":5}'
       where task_id = (select min(task_id::text)::uuid from ${other.table("t")})`,
    );
    expect(await poller.claim()).toEqual([]);
    expect(await countSleepers()).toBe(19);
    await other.rows(`update ${other.table("t")} set cancellation = '{"max_delay":"soon"}'`);
    await expect(poller.claim()).rejects.toMatchObject({ code: "22P02" });
    await expect(poller.claim()).rejects.toMatchObject({ code: "22P02" });
  });

  test("sweeps a queue of the same name that was created again", async () => {
    await addSleepers(20);
    await pollTwice(0);
    await other.call("drop_queue", "q");
    await other.call("create_queue", "q", mode);
    await addSleepers(20);
    await poller.clock(1000);
    expect(await poller.claim()).toEqual([]);
    expect(await countSleepers()).toBe(0);
  });

  test("polls again after its settings were reset or damaged", async () => {
    await addSleepers(20);
    await pollTwice(0);
    await poller.rows("discard all");
    await pollTwice(0);
    const { oid = null } = await poller.row(`select '${poller.table("t")}'::regclass::oid as oid`);
    for (const value of ["", "x", "1:1:"]) {
      await poller.rows(`select set_config('absurd.sweep_' || $1, $2, false)`, oid, value);
      await pollTwice(0);
    }
  });

  test("a poll reads the tasks only if something was written since the last one", async () => {
    await addSleepers(1_000);
    await other.rows(`vacuum analyze ${other.table("t")}, ${other.table("r")}`);
    const countPages = async () => {
      const row = await poller.row(
        `explain (analyze, buffers, timing off, format json) select * from absurd.claim_task('q', 'w')`,
      );
      const [{ Plan: plan }] = JSON.parse(String(row["QUERY PLAN"]));
      return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"];
    };
    // The least of several, because one poll in a hundred reads more, and the first one loads the catalog.
    let all = Number.POSITIVE_INFINITY;
    for (let poll = 0; poll < 5; poll++) {
      await other.on("emit_event", `event-${poll}`, null);
      all = Math.min(all, await countPages());
    }
    // Other tests write into other databases of this server, after which a poll reads the tasks too.
    const some = all - 40;
    let least = all;
    for (let poll = 0; poll < 500 && least >= some; poll++)
      least = Math.min(least, await countPages());
    expect(least).toBeLessThan(some);
    await other.on("emit_event", "another", null);
    expect(await countPages()).toBeGreaterThan(some);
  });
});
