import { describe, expect, test } from "vitest";
import { at, MODES, provideEngine } from "./engine";

const TTL = "TTL must be a non-negative number of seconds";

describe.each(MODES)("%s", (mode) => {
  const engine = provideEngine(mode);

  /** Three tasks that ended at T (completed, failed, cancelled), with their runs, checkpoints and waits. */
  async function ended() {
    const e = engine();
    const completed = await e.running({ idempotency_key: "k" });
    await e.on("set_task_checkpoint_state", completed.task, "s", 1, completed.run);
    await e.on("complete_run", completed.run);
    const failed = await e.running({ max_attempts: 1 });
    await e.on("fail_run", failed.run, null);
    const cancelled = await e.running();
    await e.on("await_event", cancelled.task, cancelled.run, "s", "event");
    await e.on("cancel_task", cancelled.task);
    return e;
  }

  test("Q7: ended tasks are deleted once they are older than the TTL", async () => {
    const e = await ended();
    const cleanup = async (...rest: (number | null)[]) =>
      (await e.on("cleanup_tasks", 0, ...rest))[0]?.cleanup_tasks;
    expect(await cleanup()).toBe("0");
    await e.clock(1);
    expect(await cleanup(1)).toBe("1");
    expect(await cleanup(null)).toBe("2");
    await e.refused(() => cleanup(-1), "2201W");
    for (const prefix of mode === "partitioned" ? ["t", "r", "c", "w", "i"] : ["t", "r", "c", "w"])
      expect(await e.rows(`select * from ${e.table(prefix as "t")}`)).toEqual([]);
  });

  test("the task that ended first is deleted first", async () => {
    const e = engine();
    const tasks: string[] = [];
    for (const second of [3, 1, 2]) {
      await e.clock(0);
      const { task, run } = await e.running();
      await e.clock(second);
      await e.on("complete_run", run);
      tasks.push(task);
    }
    await e.clock(10);
    await e.on("cleanup_tasks", 5, 2);
    expect(await e.rows(`select task_id from ${e.table("t")}`)).toEqual([{ task_id: tasks[0] }]);
  });

  test("tasks that are active, younger, or without their last run are kept", async () => {
    const e = await ended();
    const { task, run } = await e.running();
    await e.spawn();
    await e.rows(`update ${e.table("t")} set last_attempt_run = null where state <> 'running'`);
    await e.clock(100);
    expect(await e.on("cleanup_tasks", 0)).toEqual([{ cleanup_tasks: "0" }]);
    await e.on("complete_run", run);
    expect(await e.on("cleanup_tasks", 100)).toEqual([{ cleanup_tasks: "0" }]);
    expect(await e.task(task)).toMatchObject({ state: "completed" });
  });

  test("events are deleted by age only, sentinels first", async () => {
    const e = engine();
    await e.on("emit_event", "old");
    await e.clock(10);
    await e.on("emit_event", "new");
    const { task, run } = await e.running();
    await e.on("await_event", task, run, "s", "asked for");
    expect(await e.on("cleanup_events", 5, 1)).toEqual([{ cleanup_events: "1" }]);
    expect((await e.events()).map((row) => row.event_name)).toEqual(["new", "old"]);
    expect(await e.on("cleanup_events", 5, null)).toEqual([{ cleanup_events: "1" }]);
    expect(await e.on("cleanup_events", 0)).toEqual([{ cleanup_events: "0" }]);
    await e.refused(() => e.on("cleanup_events", 0, -1), "2201W");
    expect(await e.waits()).toHaveLength(1);
  });

  test("a TTL must be a non-negative number", async () => {
    const e = engine();
    for (const name of ["cleanup_tasks", "cleanup_events"])
      for (const ttl of [null, -1]) await e.refused(() => e.on(name, ttl), "P0001", TTL);
  });

  test("every queue is cleaned up by its own policy, one batch per call", async () => {
    const e = await ended();
    await e.call("create_queue", "a");
    await e.on("set_queue_policy", { cleanup_ttl: "1.9 seconds", cleanup_limit: 2 });
    await e.clock(1);
    expect(await e.call("cleanup_all_queues", "q")).toMatchObject([{ tasks_deleted: "0" }]);
    await e.clock(1.5);
    expect(await e.call("cleanup_all_queues")).toEqual([
      { queue_name: "a", tasks_deleted: "0", events_deleted: "0" },
      { queue_name: "q", tasks_deleted: "2", events_deleted: "0" },
    ]);
    expect(await e.on("cleanup_all_queues")).toEqual([
      { queue_name: "q", tasks_deleted: "1", events_deleted: "0" },
    ]);
  });

  test("Q8: a TTL beyond the range of integer seconds is an error", async () => {
    const e = engine();
    await e.on("set_queue_policy", { cleanup_ttl: "100 years" });
    await e.refused(() => e.call("cleanup_all_queues"), "22003");
  });

  test("get_task_result returns a result only when completed and a reason only when failed", async () => {
    const e = engine();
    const { task, run } = await e.running({ max_attempts: 2 });
    const result = async () => (await e.on("get_task_result", task))[0];
    const base = { task_id: task, result: null, failure_reason: null };
    expect(await result()).toEqual({ ...base, state: "running" });
    await e.on("fail_run", run, { message: "first" });
    expect(await result()).toEqual({ ...base, state: "pending" });
    const [second] = await e.claim();
    await e.on("fail_run", String(second?.run_id), { message: "second" });
    expect(await result()).toEqual({
      ...base,
      state: "failed",
      failure_reason: '{"message": "second"}',
    });
    await e.on("retry_task", task);
    const [third] = await e.claim();
    await e.clock(1);
    await e.on("complete_run", String(third?.run_id), [1]);
    expect(await result()).toEqual({ ...base, state: "completed", result: "[1]" });
    expect(await e.run(String(third?.run_id))).toMatchObject({ completed_at: at(1) });
  });
});
