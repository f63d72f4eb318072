import { describe, expect, test } from "vitest";
import { at, MODES, provideEngine, type Row } from "./engine";

const EPOCH = "1970-01-01 00:00:00+00";

describe.each(MODES)("%s", (mode) => {
  const engine = provideEngine(mode);

  /** A run that sleeps on `event` for its step `s`. */
  async function waiting(timeout: number | null = null) {
    const e = engine();
    const ids = await e.running();
    expect(await e.on("await_event", ids.task, ids.run, "s", "event", timeout)).toEqual([
      { should_suspend: "t", payload: null },
    ]);
    return { e, ...ids };
  }

  test("E1: awaiting an event that was not emitted puts the run to sleep", async () => {
    const { e, task, run } = await waiting();
    expect(await e.run(run)).toMatchObject({
      state: "sleeping",
      available_at: "infinity",
      wake_event: "event",
      event_payload: null,
      claimed_by: null,
      claim_expires_at: null,
      started_at: at(0),
    });
    expect(await e.task(task)).toMatchObject({ state: "sleeping" });
    expect(await e.waits()).toEqual([
      {
        task_id: task,
        run_id: run,
        step_name: "s",
        event_name: "event",
        timeout_at: null,
        created_at: at(0),
      },
    ]);
    expect(await e.events()).toEqual([{ event_name: "event", payload: null, emitted_at: EPOCH }]);
  });

  test("E2: a sleeping run cannot await", async () => {
    const { e, task, run } = await waiting();
    await e.refused(
      () => e.on("await_event", task, run, "s", "event"),
      "P0001",
      `Run "${run}" must be running to await events`,
    );
  });

  test("E3: an emit wakes the run and writes its checkpoint", async () => {
    const { e, task, run } = await waiting();
    await e.clock(60);
    await e.on("emit_event", "event", { v: 1 });
    expect(await e.run(run)).toMatchObject({
      state: "pending",
      available_at: at(60),
      wake_event: null,
      event_payload: '{"v": 1}',
    });
    expect(await e.task(task)).toMatchObject({ state: "pending" });
    expect(await e.waits()).toEqual([]);
    expect(await e.events()).toEqual([
      { event_name: "event", payload: '{"v": 1}', emitted_at: at(60) },
    ]);
    expect(await e.checkpoints(task)).toEqual([
      {
        task_id: task,
        checkpoint_name: "s",
        state: '{"v": 1}',
        status: "committed",
        owner_run_id: run,
        updated_at: at(60),
      },
    ]);
  });

  test("E4: only the first emit takes effect", async () => {
    const e = engine();
    await e.on("emit_event", "event", { v: 1 });
    await e.clock(5);
    await e.on("emit_event", "event", { v: 2 });
    expect(await e.events()).toEqual([
      { event_name: "event", payload: '{"v": 1}', emitted_at: at(0) },
    ]);
  });

  test("E5: the woken run finds the payload under its step", async () => {
    const { e, task, run } = await waiting();
    await e.on("emit_event", "event", { v: 1 });
    expect(await e.claim()).toMatchObject([
      { run_id: run, wake_event: null, event_payload: '{"v": 1}' },
    ]);
    expect(await e.on("await_event", task, run, "s", "event")).toEqual([
      { should_suspend: "f", payload: '{"v": 1}' },
    ]);
    expect(await e.run(run)).toMatchObject({ event_payload: '{"v": 1}' });
  });

  test("E6: another step of the same event has its own checkpoint", async () => {
    const { e, task, run } = await waiting();
    await e.on("emit_event", "event", { v: 1 });
    await e.claim();
    expect(await e.on("await_event", task, run, "s#2", "event")).toEqual([
      { should_suspend: "f", payload: '{"v": 1}' },
    ]);
    expect(await e.run(run)).toMatchObject({ state: "running", event_payload: null });
    expect(await e.checkpoints(task)).toMatchObject([
      { checkpoint_name: "s", state: '{"v": 1}' },
      { checkpoint_name: "s#2", state: '{"v": 1}', owner_run_id: run },
    ]);
  });

  test("E7: at its deadline the run is claimed with the name of the event and no payload", async () => {
    const { e, run } = await waiting(10);
    expect(await e.waits()).toMatchObject([{ timeout_at: at(10) }]);
    await e.clock(9);
    expect(await e.claim()).toEqual([]);
    await e.clock(10);
    expect(await e.claim()).toMatchObject([
      { run_id: run, wake_event: "event", event_payload: null },
    ]);
    expect(await e.waits()).toEqual([]);
  });

  test("E8: the timeout is reported once and not stored", async () => {
    const { e, task, run } = await waiting(10);
    await e.clock(10);
    await e.claim();
    expect(await e.on("await_event", task, run, "s", "event", 10)).toEqual([
      { should_suspend: "f", payload: null },
    ]);
    expect(await e.run(run)).toMatchObject({ state: "running", wake_event: null });
    expect(await e.checkpoints(task)).toEqual([]);
    expect(await e.on("await_event", task, run, "s", "event", 10)).toEqual([
      { should_suspend: "t", payload: null },
    ]);
    expect(await e.waits()).toMatchObject([{ timeout_at: at(20), created_at: at(10) }]);
  });

  test("E9: an emit after the deadline does not wake the run; a later await returns its payload", async () => {
    const { e, task, run } = await waiting(10);
    await e.clock(11);
    await e.on("emit_event", "event", null);
    expect(await e.run(run)).toMatchObject({
      state: "sleeping",
      wake_event: "event",
      available_at: at(10),
      event_payload: null,
    });
    expect(await e.waits()).toEqual([]);
    expect(await e.events()).toMatchObject([{ payload: "null", emitted_at: at(11) }]);
    expect(await e.checkpoints(task)).toEqual([]);
    expect(await e.claim()).toMatchObject([{ run_id: run, wake_event: "event" }]);
    expect(await e.on("await_event", task, run, "s", "event", 10)).toEqual([
      { should_suspend: "f", payload: "null" },
    ]);
    expect(await e.checkpoints(task)).toMatchObject([{ state: "null", owner_run_id: run }]);
    expect(await e.run(run)).toMatchObject({ wake_event: "event" });
  });

  test("E10: a timeout of 0 suspends the run, which can be claimed at once", async () => {
    const { e, run } = await waiting(0);
    expect(await e.run(run)).toMatchObject({ state: "sleeping", available_at: at(0) });
    expect(await e.claim()).toMatchObject([{ run_id: run, wake_event: "event" }]);
  });

  test("E11: an event emitted before is returned without a wait", async () => {
    const e = engine();
    await e.on("emit_event", "event", 7);
    const { task, run } = await e.running();
    expect(await e.on("await_event", task, run, "s", "event")).toEqual([
      { should_suspend: "f", payload: "7" },
    ]);
    expect(await e.waits()).toEqual([]);
    expect(await e.run(run)).toMatchObject({ state: "running" });
  });

  test("E12: an emit without a payload stores JSON null", async () => {
    const { e, task, run } = await waiting();
    await e.on("emit_event", "event");
    expect(await e.run(run)).toMatchObject({ state: "pending", event_payload: "null" });
    expect(await e.checkpoints(task)).toMatchObject([{ state: "null" }]);
  });

  test("E13: a checkpoint of SQL NULL does not end the wait", async () => {
    const e = engine();
    const { task, run } = await e.running();
    await e.on("set_task_checkpoint_state", task, "s", null, run);
    expect(await e.on("await_event", task, run, "s", "event")).toEqual([
      { should_suspend: "t", payload: null },
    ]);
  });

  test("E14: an emit wakes the waiter even if the sentinel is gone", async () => {
    const { e, run } = await waiting();
    expect(await e.on("cleanup_events", 0)).toEqual([{ cleanup_events: "1" }]);
    await e.on("emit_event", "event", 1);
    expect(await e.run(run)).toMatchObject({ state: "pending", event_payload: "1" });
  });

  test("E15: an emit does not change a cancelled waiter", async () => {
    const { e, task, run } = await waiting();
    await e.on("cancel_task", task);
    const before = await e.run(run);
    await e.on("emit_event", "event", 1);
    expect(await e.run(run)).toEqual(before);
    expect(await e.checkpoints(task)).toEqual([]);
    expect(await e.task(task)).toMatchObject({ state: "cancelled" });
  });

  test("one emit wakes all waiters, each with a checkpoint of its own step", async () => {
    const e = engine();
    const all = [];
    for (const step of ["a", "b", "c"]) {
      const ids = await e.running();
      await e.on("await_event", ids.task, ids.run, step, "event", step === "c" ? 5 : null);
      all.push(ids);
    }
    await e.clock(5);
    await e.on("emit_event", "event", true);
    const states: unknown[] = [];
    for (const { run } of all) states.push((await e.run(run)).state);
    expect(states).toEqual(["pending", "pending", "sleeping"]);
    expect(await e.rows(`select checkpoint_name from ${e.table("c")} order by 1`)).toEqual([
      { checkpoint_name: "a" },
      { checkpoint_name: "b" },
    ]);
    expect(await e.waits()).toEqual([]);
  });

  test("one emit wakes hundreds of waiters, drops expired waits, and leaves those of other events", async () => {
    const e = engine();
    const spawned = await e.rows(
      "select absurd.spawn_task($1, 'job', null) from generate_series(1, 151)",
      e.queue,
    );
    const claimed = await e.claim({ qty: 151, lease: 3600 });
    expect(claimed).toHaveLength(spawned.length);
    const [late, other, ...woken] = claimed;
    const wait = (run: Row | undefined, event: string, timeout: number | null) =>
      e.on("await_event", String(run?.task_id), String(run?.run_id), "s", event, timeout);
    await wait(late, "event", 30);
    await wait(other, "other", null);
    for (const run of woken) await wait(run, "event", null);
    await e.clock(60);
    await e.on("emit_event", "event", { v: 1 });
    expect(await e.waits()).toMatchObject([{ run_id: other?.run_id, event_name: "other" }]);
    for (const table of ["t", "r"] as const)
      expect(
        await e.rows(`select state, count(*) from ${e.table(table)} group by 1 order by 1`),
      ).toEqual([
        { state: "pending", count: "149" },
        { state: "sleeping", count: "2" },
      ]);
    expect(
      await e.rows(
        `select state, count(*), count(distinct task_id) as tasks from ${e.table("c")} group by 1`,
      ),
    ).toEqual([{ state: '{"v": 1}', count: "149", tasks: "149" }]);
  });

  test("an emit keeps waits of runs that do not sleep", async () => {
    const { e, task, run } = await waiting();
    await e.rows(`update ${e.table("r")} set state = 'running' where run_id = $1`, run);
    await e.on("emit_event", "event", 1);
    expect(await e.waits()).toHaveLength(1);
    expect(await e.checkpoints(task)).toEqual([]);
  });

  test("a second await of the same event in one execution reports the timeout, for any step", async () => {
    const { e, task, run } = await waiting(10);
    await e.clock(10);
    await e.claim();
    expect(await e.on("await_event", task, run, "other step", "event")).toEqual([
      { should_suspend: "f", payload: null },
    ]);
  });

  test("awaiting a step with a checkpoint ignores the run", async () => {
    const e = engine();
    const { task, run } = await e.running();
    await e.on("set_task_checkpoint_state", task, "s", '"kept"', run);
    const nobody = "01900000-0000-7000-8000-000000000000";
    expect(await e.on("await_event", task, nobody, "s", "event")).toEqual([
      { should_suspend: "f", payload: '"kept"' },
    ]);
    expect(await e.events()).toEqual([]);
    await e.refused(
      () => e.on("await_event", task, nobody, "other", "event"),
      "P0001",
      `Run "${nobody}" not found while awaiting event`,
    );
    expect(await e.events()).toEqual([]);
  });

  test("refused event names and timeouts", async () => {
    const e = engine();
    const { task, run } = await e.running();
    for (const name of [null, "", "   "]) {
      await e.refused(
        () => e.on("await_event", task, run, "s", name),
        "P0001",
        "event_name must be provided",
      );
      await e.refused(() => e.on("emit_event", name, 1), "P0001", "event_name must be provided");
    }
    await e.refused(
      () => e.on("await_event", task, run, "s", "event", -1),
      "P0001",
      "timeout must be non-negative",
    );
    await e.refused(() => e.on("await_event", task, run, null, "event"), "23502");
    await e.on("emit_event", "\t", 1);
  });
});
