import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { untilAwaited } from "@/testing/locks";
import { STORAGE_MODES } from "../../model/queue.ts";
import { claimTasks, completeTask } from "../runs/runs.ts";
import { spawnTask } from "../tasks/spawn.ts";
import { createQueue, dropQueue, listQueues, setQueuePolicy } from "./queues.ts";

let database: TestDatabase;
let other: Client;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  other = new Client({ connectionString: database.url });
  await other.connect();
});
afterEach(() => other.end());

const queue = "to go";
const read = (prefix: string) => other.query(`select count(*) from absurd."${prefix}_${queue}"`);

describe.each(STORAGE_MODES)("a drop of a queue, %s", (storageMode) => {
  beforeEach(async () => {
    await createQueue(database.pool, queue, { storageMode });
    await spawnTask(database.pool, queue, "task");
  });

  test.each([
    ["t", "r", "c", "e", "w"],
    ["w", "e", "c", "r", "t"],
    ["r", "t"],
    ["c", "w", "t"],
  ])("waits until readers of %s, %s …, have finished", async (first, ...rest) => {
    await other.query("begin");
    await read(first);
    const dropped = dropQueue(database.pool, queue);
    await untilAwaited(database.pool, other);
    for (const prefix of rest) await read(prefix);
    await other.query("commit");
    await dropped;
    expect(await listQueues(database.pool)).not.toContain(queue);
  });

  test("waits for a worker's transaction, which commits", async () => {
    const [run] = await claimTasks(database.pool, queue);
    await other.query("begin");
    await other.query(`select from absurd."r_${queue}" for update`);
    const dropped = dropQueue(database.pool, queue);
    await untilAwaited(database.pool, other);
    await completeTask(other, queue, run?.runId ?? "");
    await other.query("commit");
    await dropped;
    expect(await listQueues(database.pool)).not.toContain(queue);
  });

  test("runs after a concurrent drop or policy change", async () => {
    const { pool } = database;
    const change = setQueuePolicy(pool, queue, { cleanupLimit: 7 }).catch(({ name }) => name);
    await Promise.all([dropQueue(pool, queue), dropQueue(pool, queue), change]);
    expect([undefined, "QueueNotFoundError"]).toContain(await change);
    expect(await listQueues(pool)).not.toContain(queue);
  });
});

test("a drop that cannot lock the tables throws and changes nothing", async () => {
  await createQueue(database.pool, queue);
  await other.query("begin");
  await read("w");
  const impatient = new Client({ connectionString: database.url });
  await impatient.connect();
  await impatient.query("set lock_timeout = '100ms'");
  await expect(dropQueue(impatient, queue)).rejects.toMatchObject({ code: "55P03" });
  await impatient.end();
  await read("t");
  await other.query("commit");
  expect(await listQueues(database.pool)).toContain(queue);
  await dropQueue(database.pool, queue);
});

test("a queue that lost all its tables, or is not registered, is dropped as before", async () => {
  const { pool } = database;
  await createQueue(pool, queue);
  await pool.query(`drop table ${["t", "r", "c", "e", "w"].map((p) => `absurd."${p}_${queue}"`)}`);
  await dropQueue(pool, queue);
  expect(await listQueues(pool)).not.toContain(queue);
  await pool.query("select absurd.ensure_queue_tables('unlisted')");
  await dropQueue(pool, "unlisted");
  const { rows } = await pool.query("select to_regclass('absurd.t_unlisted') as name");
  expect(rows[0].name).toBe("absurd.t_unlisted");
});

test("many readers of all queues and the drop never deadlock", async () => {
  const { pool } = database;
  const names = ["a", "b", "c"];
  const text = (prefixes: string[]) =>
    names
      .flatMap((name) => prefixes.map((prefix) => `select from absurd.${prefix}_${name}`))
      .join(" union all ");
  const queries = [text(["t", "r", "w"]), text(["w", "e"]), text(["r", "t"])];
  let ended = false;
  const codes = new Set<string>();
  const reader = async (n: number) => {
    while (!ended)
      await pool.query(`${queries[n % queries.length]}`).catch(({ code }) => codes.add(code));
  };
  const readers = Array.from({ length: 6 }, (_, n) => reader(n));
  try {
    for (let round = 0; round < 20; round++) {
      for (const name of names) await createQueue(pool, name);
      for (const name of names) await dropQueue(pool, name);
    }
  } finally {
    ended = true;
    await Promise.all(readers);
  }
  // An unknown queue is not an error.
  expect([...codes].filter((code) => code !== "42P01")).toEqual([]);
});

test("the server saw no deadlock", async () => {
  await database.pool.query("select pg_stat_clear_snapshot()");
  const { rows } = await database.pool.query(
    "select deadlocks::int from pg_stat_database where datname = current_database()",
  );
  expect(rows).toEqual([{ deadlocks: 0 }]);
});
