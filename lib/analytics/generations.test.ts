import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { claimTasks } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { downgradeEngine, LEGACY_GENERATIONS } from "@/lib/absurd/testing/legacy";
import { forgetEnvironment } from "@/lib/db/env";
import { closePools } from "@/lib/db/pools";
import { eventFilters } from "@/lib/search-params/events";
import { taskFilters } from "@/lib/search-params/tasks/filters";
import { failureFilters } from "@/lib/search-params/windows";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { listEvents } from "./events";
import { listFailures } from "./failures";
import { findById } from "./find";
import { getHealth } from "./health";
import { getLatency, getThroughput } from "./overview";
import { listQueues } from "./queues";
import { getTask } from "./task";
import { suggestTasks } from "./task-suggestions";
import { listTasks } from "./tasks";
import { listWorkers } from "./workers";

describe.each(LEGACY_GENERATIONS)("schema %s", (generation) => {
  let database: TestDatabase;
  let taskId: string;
  beforeAll(async () => {
    database = await connect();
    await downgradeEngine(database.pool, generation);
    await createQueue(database.pool, "old queue");
    ({ taskId } = await spawnTask(database.pool, "old queue", "work", { a: 1 }));
    await spawnTask(database.pool, "old queue", "other");
    await claimTasks(database.pool, "old queue");
  });
  afterAll(() => disconnect(database));

  test("every query works", async () => {
    const health = await getHealth();
    expect(health).toMatchObject({ status: "ok", database: "up" });
    if (generation < "0.2.0") expect(health.schemaVersion).toBeNull();
    else expect(health.schemaVersion).toBe(generation);

    expect((await listQueues()).queues).toMatchObject([
      { name: "old queue", storageMode: "unpartitioned", active: { pending: 1, running: 1 } },
    ]);
    expect((await listTasks(taskFilters({ name: ["work"] }))).rows).toMatchObject([{ taskId }]);
    expect((await listTasks(taskFilters({ state: ["running"] }))).rows).toMatchObject([{ taskId }]);
    expect((await listTasks(taskFilters({ idempotency: ["a"] }))).rows).toEqual([]);
    expect((await listTasks(taskFilters({ state: ["pending"], sort: "due" }))).rows).toHaveLength(
      1,
    );
    expect((await suggestTasks([])).names).toEqual(["other", "work"]);
    expect((await listFailures(failureFilters())).groups).toEqual([]);
    expect((await listWorkers("1h")).workers).toMatchObject([{ running: 1 }]);
    expect((await getThroughput("1h")).queues).toMatchObject([{ name: "old queue" }]);
    expect((await getLatency("1h")).names).toHaveLength(2);
    const detail = await getTask("old queue", taskId);
    expect(detail).toMatchObject({ task: { idempotencyKey: null }, runs: [{ attempt: 1 }] });
    expect((await findById(taskId)).found).toHaveLength(1);
    expect((await listEvents(eventFilters({ queue: ["old queue"] }))).rows).toEqual([]);
  });
});

describe("a database without the schema", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await connect({ empty: true });
  });
  afterAll(() => disconnect(database));

  test("is distinguished from an empty database", async () => {
    expect(await getHealth()).toEqual({ status: "no_schema", database: "up", schemaVersion: null });
    for (const read of [
      () => listQueues(),
      () => listTasks(taskFilters()),
      () => getTask("q", ANY),
      () => findById(ANY),
    ])
      await expect(read()).rejects.toMatchObject({ code: "no_schema" });
  });

  test("is queried as soon as it has the schema, even without queues", async () => {
    await database.pool.query(`
      create schema absurd;
      create table absurd.queues (queue_name text primary key, created_at timestamptz default now());
      create function absurd.current_time() returns timestamptz language sql as 'select clock_timestamp()'`);
    expect((await listQueues()).queues).toEqual([]);
    expect((await listTasks(taskFilters())).rows).toEqual([]);
    expect((await findById(ANY)).found).toEqual([]);
  });

  test("a role without privileges causes a clear error", async () => {
    const role = `reader_${process.pid}`;
    await database.pool.query(`
      create role ${role} login password 'pw';
      insert into absurd.queues values ('q')`);
    for (const table of ["t_q", "r_q", "c_q", "e_q", "w_q"])
      await database.pool.query(`create table absurd.${table} (id int)`);
    const url = new URL(database.url);
    url.username = role;
    url.password = "pw";
    await closePools();
    pointAt(url.href);
    try {
      await expect(listQueues()).rejects.toMatchObject({ code: "forbidden" });
      await database.pool.query(`grant usage on schema absurd to ${role};
        grant select on absurd.queues to ${role}`);
      expect((await listQueues()).queues).toMatchObject([
        { name: "q", unreadable: "not_permitted" },
      ]);
    } finally {
      await closePools();
      await database.pool.query(`drop owned by ${role}; drop role ${role}`);
    }
  });
});

describe("an unreachable database", () => {
  test("is a result of the health check and an error of every other query", async () => {
    const database = await connect();
    expect((await listQueues()).queues).toEqual([]);
    await disconnect(database);
    expect(await getHealth()).toMatchObject({ status: "database_unavailable", database: "down" });
    await expect(listQueues()).rejects.toMatchObject({ code: "database_unavailable" });
    await closePools();
    pointAt("postgresql://u:p@127.0.0.1:1/x");
    await expect(listTasks(taskFilters())).rejects.toMatchObject({ code: "database_unavailable" });
    await closePools();
  });

  test("is used again once it is reachable", async () => {
    const database = await connect();
    await listQueues();
    await database.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'absurd-dashboard%' and datname = current_database()",
    );
    const first = await listQueues().catch((error) => error);
    if (first instanceof Error) expect(first).toMatchObject({ code: "database_unavailable" });
    expect((await listQueues()).queues).toEqual([]);
    await disconnect(database);
  });
});

const ANY = "01900000-0000-7000-8000-000000000000";

async function connect(options: { empty?: boolean } = {}): Promise<TestDatabase> {
  const database = await createTestDatabase(options);
  pointAt(database.url);
  return database;
}

async function disconnect(database: TestDatabase): Promise<void> {
  await closePools();
  await database.drop();
}

function pointAt(url: string): void {
  process.env.DATABASE_URL = url;
  forgetEnvironment();
}
