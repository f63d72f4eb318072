import { describe, expect, test } from "vitest";
import { at, MODES, provideEngine } from "./engine";

const engine = provideEngine();

const tables = async (name: string) =>
  (
    await engine().rows(
      `select relname from pg_class
       where relnamespace = 'absurd'::regnamespace and relkind in ('r', 'p') and not relispartition
         and substr(relname, 3) = $1
       order by 1`,
      name,
    )
  ).map((row) => row.relname?.slice(0, 2));

test("Q1: refused queue names", async () => {
  const e = engine();
  const long = (name: string) => `Queue name "${name}" is too long (max 57 bytes).`;
  for (const name of ["", null])
    await e.refused(() => e.call("create_queue", name), "P0001", "Queue name must be provided");
  for (const name of ["x".repeat(58), "é".repeat(29)])
    await e.refused(() => e.call("create_queue", name), "P0001", long(name));
  await e.refused(
    () => e.call("create_queue", "", "neither"),
    "P0001",
    "Queue name must be provided",
  );
});

test.each(MODES)("Q2: accepted queue names, %s", async (mode) => {
  const e = engine();
  for (const name of [
    " ",
    "x".repeat(57),
    'My Queue-1 "x" é',
    "a.b",
    "'",
    "%I$1",
    "é".repeat(28),
  ]) {
    await e.call("create_queue", name, mode);
    const [spawned] = await e.call("spawn_task", name, "job", null, { idempotency_key: "k" });
    const [claimed] = await e.call("claim_task", name, "w");
    expect(claimed?.run_id).toBe(spawned?.run_id);
    await e.call(
      "set_task_checkpoint_state",
      name,
      String(spawned?.task_id),
      "s",
      1,
      String(spawned?.run_id),
    );
    await e.call("emit_event", name, "e");
    await e.call(
      "await_event",
      name,
      String(spawned?.task_id),
      String(spawned?.run_id),
      "e",
      "later",
    );
    await e.call("emit_event", name, "later");
    await e.call("cancel_task", name, String(spawned?.task_id));
    await e.clock(60);
    expect(await e.call("cleanup_tasks", name, 0)).toEqual([{ cleanup_tasks: "1" }]);
    expect(await e.call("cleanup_events", name, 0)).toEqual([{ cleanup_events: "2" }]);
    await e.clock(0);
    await e.call("drop_queue", name);
    expect(await tables(name)).toEqual([]);
  }
});

test("Q3: the storage mode ignores case and spaces, and never changes", async () => {
  const e = engine();
  await e.call("create_queue", "m", "  PARTITIONED ");
  expect(await tables("m")).toEqual(["c_", "e_", "i_", "r_", "t_", "w_"]);
  const exists = 'Queue "m" already exists with storage mode "partitioned"';
  await e.refused(() => e.call("create_queue", "m"), "P0001", exists);
  await e.refused(() => e.call("create_queue", "m", "unpartitioned"), "P0001", exists);
  await e.refused(
    () => e.call("create_queue", "q", "partitioned"),
    "P0001",
    'Queue "q" already exists with storage mode "unpartitioned"',
  );
  for (const [mode, shown] of [
    [" Sharded ", " Sharded "],
    [null, "<NULL>"],
    ["", ""],
  ] as const)
    await e.refused(
      () => e.call("create_queue", "n", mode),
      "P0001",
      `Unsupported queue storage mode "${shown}"`,
    );
});

test("creating a queue again repairs its tables and keeps its policy", async () => {
  const e = engine();
  await e.on("set_queue_policy", { cleanup_limit: 7 });
  await e.rows("drop table absurd.w_q, absurd.e_q");
  await e.on("create_queue");
  expect(await tables("q")).toEqual(["c_", "e_", "r_", "t_", "w_"]);
  expect(await e.on("get_queue_policy")).toMatchObject([{ cleanup_limit: "7" }]);
});

test("tables can be created for an unregistered queue, and drop_queue keeps them", async () => {
  const e = engine();
  await e.call("ensure_queue_tables", "loose");
  expect(await tables("loose")).toEqual(["c_", "e_", "r_", "t_", "w_"]);
  expect(await e.call("list_queues")).toEqual([{ queue_name: "q" }]);
  const [spawned] = await e.call("spawn_task", "loose", "job", null, { idempotency_key: "k" });
  expect(await e.call("spawn_task", "loose", "job", null, { idempotency_key: "k" })).toEqual([
    { ...spawned, created: "f" },
  ]);
  await e.call("drop_queue", "loose");
  expect(await tables("loose")).toHaveLength(5);
});

test("Q9: dropping an unknown queue is silent", async () => {
  const e = engine();
  await e.call("drop_queue", "nowhere");
  await e.call("drop_queue", null);
});

test("queues are listed by name", async () => {
  const e = engine();
  await e.call("create_queue", "b", "partitioned");
  await e.call("create_queue", "a");
  expect(await e.call("list_queues")).toEqual([
    { queue_name: "a" },
    { queue_name: "b" },
    { queue_name: "q" },
  ]);
  await e.call("drop_queue", "b");
  expect(
    await e.rows(
      "select relname from pg_class where relname like '__b_%' and relkind in ('r', 'p')",
    ),
  ).toEqual([]);
  expect(await e.row("select created_at from absurd.queues where queue_name = 'a'")).toEqual({
    created_at: at(0),
  });
});

describe("a queue that does not exist", () => {
  const id = "01900000-0000-7000-8000-000000000000";
  test.each([
    ["t", "spawn_task", ["job", null]],
    ["t", "claim_task", ["w"]],
    ["r", "complete_run", [id]],
    ["r", "fail_run", [id, null]],
    ["r", "schedule_run", [id, at(0)]],
    ["r", "extend_claim", [id, 5]],
    ["r", "cancel_task", [id]],
    ["t", "retry_task", [id]],
    ["r", "set_task_checkpoint_state", [id, "s", 1, id]],
    ["c", "get_task_checkpoint_state", [id, "s"]],
    ["r", "get_task_checkpoint_states", [id, id]],
    ["c", "await_event", [id, id, "s", "event"]],
    ["e", "emit_event", ["event"]],
    ["t", "get_task_result", [id]],
    ["t", "cleanup_tasks", [0]],
    ["e", "cleanup_events", [0]],
  ] as const)("%s is missed first by %s", async (prefix, name, rest) => {
    const e = engine();
    await e.refused(
      () => e.call(name, "gone", ...rest),
      "42P01",
      `relation "absurd.${prefix}_gone" does not exist`,
    );
    if (name === "get_task_result")
      await e.refused(() => e.call(name, null, ...rest), "P0001", "Queue name must be provided");
    else
      await e.refused(
        () => e.call(name, null, ...rest),
        "22004",
        "null values cannot be formatted as an SQL identifier",
      );
  });

  test("functions that need a registered queue", async () => {
    const e = engine();
    const missing = 'Queue "gone" does not exist';
    await e.refused(() => e.call("set_queue_policy", "gone", {}), "P0001", missing);
    await e.refused(() => e.call("cleanup_all_queues", "gone"), "P0001", missing);
    await e.refused(() => e.call("ensure_partitions", "gone"), "P0001", missing);
    await e.refused(() => e.call("list_detach_candidates", "gone"), "P0001", missing);
    await e.refused(() => e.call("enable_cron", "gone"), "P0001", missing);
    expect(await e.call("get_queue_policy", "gone")).toEqual([]);
    for (const name of ["cleanup_all_queues", "ensure_partitions", "list_detach_candidates"])
      await e.refused(() => e.call(name, ""), "P0001", "Queue name must be provided");
  });
});
