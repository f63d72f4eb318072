import { describe, expect, test } from "vitest";
import { MODES, provideEngine } from "./engine";

describe.each(MODES)("%s", (mode) => {
  const engine = provideEngine(mode);

  test("options are stored as given", async () => {
    const e = engine();
    const { task } = await e.spawn({
      headers: null,
      cancellation: { max_delay: 5 },
      retry_strategy: { kind: "fixed", extra: true },
      max_attempts: " 3 ",
      unknown: 1,
    });
    expect(await e.task(task)).toMatchObject({
      headers: "null",
      cancellation: '{"max_delay": 5}',
      retry_strategy: '{"kind": "fixed", "extra": true}',
      max_attempts: "3",
    });
  });

  test.each([['"text"'], ["[1]"], ["null"], ["5"]])("options %s are ignored", async (options) => {
    const e = engine();
    const [spawned] = await e.on("spawn_task", "job", null, options);
    expect(await e.task(String(spawned?.task_id))).toMatchObject({
      headers: null,
      max_attempts: null,
    });
  });

  test("max_attempts must be a whole number above 0, or null", async () => {
    const e = engine();
    const { task } = await e.spawn({ max_attempts: null });
    expect(await e.task(task)).toMatchObject({ max_attempts: null });
    for (const max of [0, -1])
      await e.refused(() => e.spawn({ max_attempts: max }), "P0001", "max_attempts must be >= 1");
    await e.refused(() => e.spawn({ max_attempts: 1.5 }), "22P02");
  });

  test("a task name must not be blank", async () => {
    const e = engine();
    for (const name of [null, "", "  "])
      await e.refused(() => e.on("spawn_task", name, null), "P0001", "task_name must be provided");
    expect(await e.on("spawn_task", "\t", null)).toHaveLength(1);
  });

  test("Q6: a used key returns the current state of its task", async () => {
    const e = engine();
    const first = await e.spawn({ idempotency_key: "k", max_attempts: 2 });
    expect(await e.task(first.task)).toMatchObject({ idempotency_key: "k" });
    const again = () =>
      e.on("spawn_task", "other", null, { idempotency_key: "k", max_attempts: 9 });
    const before = await e.task(first.task);
    expect(await again()).toEqual([
      { task_id: first.task, run_id: first.run, attempt: "1", created: "f" },
    ]);
    expect(await e.task(first.task)).toEqual(before);

    await e.claim();
    await e.on("fail_run", first.run, null);
    const second = (await e.runs(first.task))[1];
    expect(await again()).toEqual([
      { task_id: first.task, run_id: second?.run_id, attempt: "2", created: "f" },
    ]);
    await e.on("cancel_task", first.task);
    expect(await again()).toMatchObject([{ task_id: first.task, created: "f" }]);

    await e.clock(1);
    expect(await e.on("cleanup_tasks", 0)).toEqual([{ cleanup_tasks: "1" }]);
    const [fresh] = await again();
    expect(fresh).toMatchObject({ attempt: "1", created: "t" });
    expect(fresh?.task_id).not.toBe(first.task);
    expect(await e.rows(`select count(*) from ${e.table("r")}`)).toEqual([{ count: "1" }]);
  });

  test("an empty key is valid, null means none, and a number is treated as text", async () => {
    const e = engine();
    const created = async (key: string | number | null) =>
      (await e.on("spawn_task", "job", null, { idempotency_key: key }))[0]?.created;
    expect([await created(""), await created("")]).toEqual(["t", "f"]);
    expect([await created(null), await created(null)]).toEqual(["t", "t"]);
    expect([await created(7), await created("7")]).toEqual(["t", "f"]);
  });
});

describe("keys of a partitioned queue", () => {
  const engine = provideEngine("partitioned");

  test("Q6: a key whose task was deleted raises 40001", async () => {
    const e = engine();
    await e.rows(`insert into ${e.table("i")} values ('ghost', gen_random_uuid())`);
    await e.rows("savepoint ghost");
    const error = await e.spawn({ idempotency_key: "ghost" }).catch((thrown) => thrown);
    await e.rows("rollback to savepoint ghost");
    expect({ code: error.code, message: error.message, hint: error.hint }).toEqual({
      code: "40001",
      message: 'Idempotency key "ghost" in queue "q" was concurrently cleaned up',
      hint: "Retry spawn_task with the same idempotency key.",
    });
  });

  test("a key whose task has no run is an error", async () => {
    const e = engine();
    const { task } = await e.spawn({ idempotency_key: "k" });
    await e.rows(`update ${e.table("t")} set last_attempt_run = null`);
    await e.refused(
      () => e.spawn({ idempotency_key: "k" }),
      "P0001",
      `Idempotency key "k" in queue "q" resolved to task "${task}" without a run`,
    );
  });

  test("the key is stored in the registry table", async () => {
    const e = engine();
    const { task } = await e.spawn({ idempotency_key: "k" });
    await e.spawn();
    expect(await e.rows(`select * from ${e.table("i")}`)).toEqual([
      { idempotency_key: "k", task_id: task },
    ]);
  });
});
