import { expect, test } from "vitest";
import { at, provideEngine } from "./engine";

const engine = provideEngine("partitioned");

/** The partitions of one of the queue's tables, without its name. */
const partitions = async (prefix: string, queue = "q") =>
  (
    await engine().rows(
      `select c.relname from pg_inherits i
       join pg_class c on c.oid = i.inhrelid
       where i.inhparent = format('absurd.%I', $1::text)::regclass
       order by 1`,
      `${prefix}_${queue}`,
    )
  ).map((row) => row.relname?.slice(prefix.length + queue.length + 2));

/** The weeks from a day before T, a Monday, to 28 days after it. */
const WEEKS = ["609", "610", "611", "612", "613", "614"];

test("a new queue has a default partition and the weeks around now", async () => {
  for (const prefix of ["t", "r", "c", "w"])
    expect(await partitions(prefix)).toEqual([...WEEKS, "d"]);
});

test("a week is bounded by the smallest ids of its Mondays", async () => {
  const [row] = await engine().rows(
    "select pg_get_expr(relpartbound, oid) as bound from pg_class where relname = 't_q_610'",
  );
  const floor = async (ts: string) =>
    (await engine().row("select absurd.uuidv7_floor($1) as id", ts)).id;
  expect(row?.bound).toBe(
    `FOR VALUES FROM ('${await floor("2026-03-02")}') TO ('${await floor("2026-03-09")}')`,
  );
});

test("the bounds do not move with the session's time zone", async () => {
  const e = engine();
  await e.rows("set timezone = 'America/New_York'");
  await e.call("create_queue", "z", "partitioned");
  const bounds = (queue: string) =>
    e.rows(
      `select pg_get_expr(relpartbound, oid) as bound from pg_class where relname like $1 order by relname`,
      `t\\_${queue}\\_%`,
    );
  const own = (await bounds("q")).filter((row) => row.bound !== null);
  expect((await bounds("z")).filter((row) => row.bound !== null)).toEqual(own);
});

test("ensure_partitions adds only missing partitions, for one queue or for all", async () => {
  const e = engine();
  await e.call("create_queue", "p2", "partitioned");
  await e.call("create_queue", "plain");
  await e.clock(7 * 86400);
  await e.call("ensure_partitions", "plain");
  await e.call("ensure_partitions", "p2");
  expect(await partitions("r", "p2")).toContain("615");
  expect(await partitions("r")).not.toContain("615");
  await e.call("ensure_partitions");
  expect(await partitions("r")).toContain("615");
});

test("the partition window follows the policy from the next call", async () => {
  const e = engine();
  await e.on("set_queue_policy", { partition_lookback: "14 days", partition_lookahead: "42 days" });
  expect(await partitions("w")).not.toContain("616");
  await e.on("ensure_partitions");
  expect(await partitions("w")).toEqual(["608", ...WEEKS, "615", "616", "d"]);
});

test("a week with rows in the default partition cannot be created", async () => {
  const e = engine();
  const id = "(absurd.uuidv7_floor('2026-05-04'))";
  await e.rows(`insert into absurd.c_q (task_id, checkpoint_name) values (${id}, 'stray')`);
  await e.clock(60 * 86400);
  await e.refused(
    () => e.on("ensure_partitions"),
    "23514",
    'updated partition constraint for default partition "c_q_d" would be violated by some row',
  );
});

test("Q5: an empty default partition can be disabled and enabled again", async () => {
  const e = engine();
  await e.on("set_queue_policy", { default_partition: "Disabled" });
  for (const prefix of ["t", "r", "c", "w"]) expect(await partitions(prefix)).not.toContain("d");
  expect(await e.rows("select from pg_class where relname in ('t_q_d', 'w_q_d')")).toEqual([]);
  await e.refused(
    () =>
      e.rows(
        "insert into absurd.w_q values (gen_random_uuid(), absurd.uuidv7_floor('2030-01-01'), 's', 'e')",
      ),
    "23514",
    'no partition of relation "w_q" found for row',
  );
  await e.on("set_queue_policy", { default_partition: "disabled", cleanup_limit: 3 });
  await e.on("ensure_partitions");
  expect(await partitions("t")).not.toContain("d");
  await e.on("set_queue_policy", { default_partition: "enabled" });
  for (const prefix of ["t", "r", "c", "w"]) expect(await partitions(prefix)).toContain("d");
});

test("Q5: disabling a default partition with rows is refused and changes nothing", async () => {
  const e = engine();
  await e.rows(
    "insert into absurd.r_q (run_id, task_id, attempt, state, available_at) values (absurd.uuidv7_floor('2030-01-01'), gen_random_uuid(), 1, 'pending', now())",
  );
  await e.refused(
    () => e.on("set_queue_policy", { default_partition: "disabled", cleanup_limit: 1 }),
    "P0001",
    'Cannot disable default_partition for queue "q": default partition "r_q_d" is not empty',
  );
  expect(await partitions("t")).toContain("d");
  expect(await e.on("get_queue_policy")).toMatchObject([
    { default_partition: "enabled", cleanup_limit: "1000" },
  ]);
});

test("rows are stored in the week of their id", async () => {
  const e = engine();
  await e.rows(
    `insert into absurd.t_q (task_id, task_name, params, state)
     values (absurd.uuidv7_floor('${at(0)}'), 'job', 'null', 'pending')`,
  );
  expect(await e.rows("select tableoid::regclass as table from absurd.t_q")).toEqual([
    { table: "absurd.t_q_610" },
  ]);
});

test("dropping a queue drops its partitions", async () => {
  const e = engine();
  await e.call("drop_queue", "q");
  expect(
    await e.rows(
      "select relname from pg_class where relnamespace = 'absurd'::regnamespace and relkind in ('r', 'p')",
    ),
  ).toEqual([{ relname: "queues" }]);
});
