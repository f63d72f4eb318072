import { describe, expect, test } from "vitest";
import { at, MODES, provideEngine } from "./engine";

describe.each(MODES)("%s", (mode) => {
  const engine = provideEngine(mode);
  const unknown = "01900000-0000-7000-8000-000000000000";

  test("C1: cancelling twice keeps the first time", async () => {
    const e = engine();
    const { task, run } = await e.spawn();
    await e.on("cancel_task", task);
    await e.clock(5);
    await e.on("cancel_task", task);
    expect(await e.task(task)).toMatchObject({ state: "cancelled", cancelled_at: at(0) });
    expect(await e.run(run)).toMatchObject({ state: "cancelled", available_at: at(0) });
  });

  test("C2: calls of a cancelled run's worker are refused", async () => {
    const e = engine();
    const { task, run } = await e.running();
    await e.on("cancel_task", task);
    expect(await e.run(run)).toMatchObject({
      state: "cancelled",
      claimed_by: null,
      claim_expires_at: null,
      started_at: at(0),
    });
    for (const call of [
      () => e.on("set_task_checkpoint_state", task, "s", 1, run, 60),
      () => e.on("extend_claim", run, 60),
      () => e.on("await_event", task, run, "s", "event"),
      () => e.on("complete_run", run),
      () => e.on("fail_run", run, null),
    ])
      await e.refused(call, "AB001", "Task has been cancelled");
    await e.refused(
      () => e.on("schedule_run", run, at(9)),
      "P0001",
      `Run "${run}" is not currently running in queue "q"`,
    );
  });

  test("C3: a cancelled sleeper keeps its wake_event and available_at", async () => {
    const e = engine();
    const { task, run } = await e.running();
    await e.on("await_event", task, run, "s", "event");
    await e.on("cancel_task", task);
    expect(await e.run(run)).toMatchObject({
      state: "cancelled",
      available_at: "infinity",
      wake_event: "event",
    });
    expect(await e.waits()).toEqual([]);
  });

  test("C4: max_delay cancels a task that did not start in time", async () => {
    const e = engine();
    const { task, run } = await e.spawn({ cancellation: { max_delay: 10 } });
    await e.clock(10);
    expect(await e.claim()).toEqual([]);
    expect(await e.task(task)).toMatchObject({ state: "cancelled", cancelled_at: at(10) });
    expect(await e.run(run)).toMatchObject({ state: "cancelled" });
  });

  test("C5, C6: max_duration allows a retry before its end and cancels the task instead of a later one", async () => {
    const e = engine();
    const { task, run } = await e.running({
      cancellation: { max_duration: 60 },
      retry_strategy: { kind: "fixed", base_seconds: 50 },
    });
    await e.clock(9);
    await e.on("fail_run", run, { message: "first" });
    const second = (await e.runs(task))[1];
    expect(second).toMatchObject({ state: "sleeping", available_at: at(59) });

    await e.clock(59);
    expect(await e.claim()).toMatchObject([{ run_id: second?.run_id }]);
    await e.on("fail_run", String(second?.run_id), { message: "second" });
    expect(await e.task(task)).toMatchObject({
      state: "cancelled",
      cancelled_at: at(59),
      attempts: "2",
      last_attempt_run: second?.run_id,
    });
    expect((await e.runs(task))[1]).toMatchObject({ state: "failed" });
    expect(await e.on("get_task_result", task)).toEqual([
      { task_id: task, state: "cancelled", result: null, failure_reason: null },
    ]);
  });

  test("C7: any worker's poll cancels a running task past its max_duration", async () => {
    const e = engine();
    const { task, run } = await e.running({ cancellation: { max_duration: 60 } }, 3600);
    await e.clock(59.999);
    await e.claim({ worker: "other" });
    expect(await e.task(task)).toMatchObject({ state: "running" });
    await e.clock(60);
    await e.claim({ worker: "other" });
    expect(await e.task(task)).toMatchObject({ state: "cancelled" });
    expect(await e.run(run)).toMatchObject({ state: "cancelled", claimed_by: null });
  });

  test("C8: max_duration counts from the first start", async () => {
    const e = engine();
    const { run } = await e.spawn({ cancellation: { max_duration: 0 } });
    expect(await e.claim()).toMatchObject([{ run_id: run }]);
  });

  test.each([{ max_delay: 1.5 }, { max_duration: "soon" }])(
    "C9: a limit that is not a whole number (%j) stops every claim of the queue",
    async (cancellation) => {
      const e = engine();
      await e.spawn({ cancellation });
      await e.spawn();
      for (let attempt = 0; attempt < 2; attempt++) await e.refused(() => e.claim(), "22P02");
      await e.rows(`update ${e.table("t")} set cancellation = null`);
      expect(await e.claim({ qty: 2 })).toHaveLength(2);
    },
  );

  test.each([['"never"'], ["null"], [{ max_delay: null, max_duration: null }], [[1]]])(
    "a cancellation that sets no limit (%j) is ignored",
    async (cancellation) => {
      const e = engine();
      const value = typeof cancellation === "string" ? JSON.parse(cancellation) : cancellation;
      await e.spawn({ cancellation: value });
      await e.clock(1e6);
      expect(await e.claim()).toHaveLength(1);
    },
  );

  test.each(["pending", "running", "sleeping"])(
    "a %s task without an active run is cancelled once it is past its limit",
    async (state) => {
      const e = engine();
      const { task, run } = await e.running({ cancellation: { max_duration: 10 } });
      const gone = await e.spawn({ cancellation: { max_delay: 10 } });
      await e.rows(`update ${e.table("t")} set state = $1`, state);
      await e.rows(`update ${e.table("r")} set state = 'failed' where run_id = $1`, run);
      await e.rows(`delete from ${e.table("r")} where run_id = $1`, gone.run);
      await e.clock(9);
      expect(await e.claim()).toEqual([]);
      expect(await e.task(task)).toMatchObject({ state });
      await e.clock(10);
      expect(await e.claim()).toEqual([]);
      expect(await e.task(task)).toMatchObject({ state: "cancelled", cancelled_at: at(10) });
      expect(await e.task(gone.task)).toMatchObject({ state: "cancelled", cancelled_at: at(10) });
      expect(await e.run(run)).toMatchObject({ state: "failed" });
    },
  );

  test("every task past its limit is cancelled, even among hundreds with a policy", async () => {
    const e = engine();
    await e.rows(
      `select count(*) from generate_series(1, 250) n,
         lateral absurd.spawn_task($1, 'job', to_jsonb(n), '{"cancellation":{"max_delay":10}}')`,
      e.queue,
    );
    await e.clock(10);
    expect(await e.claim()).toEqual([]);
    expect(await e.rows(`select distinct state, cancelled_at from ${e.table("t")}`)).toEqual([
      { state: "cancelled", cancelled_at: at(10) },
    ]);
  });

  test("the oldest of many tasks with a policy is cancelled even without an active run", async () => {
    const e = engine();
    const { task, run } = await e.running({ cancellation: { max_duration: 10 } });
    await e.rows(
      `select count(*) from generate_series(1, 150) n,
         lateral absurd.spawn_task($1, 'job', to_jsonb(n), '{"cancellation":{"max_duration":1000}}')`,
      e.queue,
    );
    await e.rows(`delete from ${e.table("r")} where run_id = $1`, run);
    await e.clock(10);
    // One poll in a hundred checks for such a task.
    const poll = () =>
      e.rows("select absurd.claim_task($1, 'w') from generate_series(1, 100)", e.queue);
    for (let polls = 0; polls < 30; polls++) {
      await poll();
      if ((await e.task(task)).state === "cancelled") break;
    }
    expect(await e.task(task)).toMatchObject({ state: "cancelled", cancelled_at: at(10) });
  });

  test("a limit larger than any interval is not an error", async () => {
    const e = engine();
    await e.spawn({ cancellation: { max_delay: 9e15, max_duration: 9e15 } });
    const [run] = await e.claim();
    await e.on("fail_run", String(run?.run_id), null);
    expect(await e.claim()).toMatchObject([{ attempt: "2" }]);
  });

  test("max_delay no longer counts once the task has started", async () => {
    const e = engine();
    const { task, run } = await e.running({ cancellation: { max_delay: 10 } });
    await e.on("schedule_run", run, at(100));
    await e.clock(50);
    await e.claim();
    expect(await e.task(task)).toMatchObject({ state: "sleeping" });
  });

  test("C10: only a failed task can be retried", async () => {
    const e = engine();
    const refuses = (task: string) =>
      e.refused(
        () => e.on("retry_task", task),
        "P0001",
        `Task "${task}" is not currently failed in queue "q"`,
      );
    const pending = await e.spawn();
    await refuses(pending.task);
    await e.on("cancel_task", pending.task);
    await refuses(pending.task);
    const completed = await e.running();
    await e.on("complete_run", completed.run);
    await refuses(completed.task);
  });

  /** A task that has used up its only attempt. */
  async function failed(options: object = {}) {
    const e = engine();
    const ids = await e.running({ max_attempts: 1, ...options });
    await e.on("fail_run", ids.run, { message: "no" });
    expect(await e.task(ids.task)).toMatchObject({ state: "failed" });
    return { e, ...ids };
  }

  test("C11: a retry is refused unless max_attempts exceeds the attempts made", async () => {
    const { e, task } = await failed();
    await e.refused(
      () => e.on("retry_task", task, { max_attempts: 1 }),
      "P0001",
      "max_attempts (1) must be greater than current attempts (1)",
    );
    await e.refused(
      () => e.on("retry_task", task, { max_attempts: 0 }),
      "P0001",
      "max_attempts must be >= 1",
    );
    await e.refused(() => e.on("retry_task", task, { spawn_new: "perhaps" }), "22P02");
  });

  test("C12: a retry in place adds an attempt", async () => {
    const { e, task, run } = await failed({ idempotency_key: "k" });
    await e.on("cleanup_events", 0);
    await e.clock(100);
    const [retried] = await e.on("retry_task", task, { max_attempts: null });
    expect(retried).toEqual({ task_id: task, run_id: retried?.run_id, attempt: "2", created: "f" });
    expect(retried?.run_id).not.toBe(run);
    expect(await e.task(task)).toMatchObject({
      state: "pending",
      attempts: "2",
      max_attempts: "2",
      last_attempt_run: retried?.run_id,
      cancelled_at: null,
      first_started_at: at(0),
      idempotency_key: "k",
    });
    expect(await e.run(String(retried?.run_id))).toMatchObject({
      state: "pending",
      available_at: at(100),
      attempt: "2",
    });
    expect(await e.run(run)).toMatchObject({ state: "failed" });
  });

  test("C13: a retry as a new task copies all but the key", async () => {
    const { e, task } = await failed({
      headers: { h: null, k: 1 },
      idempotency_key: "k",
      cancellation: { max_delay: 5, max_duration: null },
      retry_strategy: { kind: "fixed", base_seconds: 1 },
    });
    const before = await e.task(task);
    const [spawned] = await e.on("retry_task", task, { spawn_new: true, max_attempts: 7 });
    expect(spawned).toMatchObject({ attempt: "1", created: "t" });
    expect(spawned?.task_id).not.toBe(task);
    expect(await e.task(String(spawned?.task_id))).toMatchObject({
      task_name: "job",
      params: '{"n": 1}',
      headers: '{"k": 1}',
      max_attempts: "7",
      idempotency_key: null,
      cancellation: '{"max_delay": 5}',
      retry_strategy: '{"kind": "fixed", "base_seconds": 1}',
      state: "pending",
    });
    expect(await e.task(task)).toEqual(before);
    await e.rows(`update ${e.table("t")} set retry_strategy = '[]' where task_id = $1`, task);
    await e.refused(
      () => e.on("retry_task", task, { spawn_new: true }),
      "AB003",
      "retry_strategy must be a JSON object",
    );
  });

  test("C14: the retry of an unlimited task sets max_attempts to its attempts plus one", async () => {
    const { e, task } = await failed();
    await e.rows(`update ${e.table("t")} set max_attempts = null where task_id = $1`, task);
    await e.on("retry_task", task, null);
    expect(await e.task(task)).toMatchObject({ max_attempts: "2", attempts: "2" });
  });

  test("C15: an unknown task cannot be cancelled or retried", async () => {
    const e = engine();
    for (const [id, shown] of [
      [unknown, unknown],
      [null, "<NULL>"],
    ] as const)
      for (const verb of ["cancel_task", "retry_task"])
        await e.refused(() => e.on(verb, id), "P0001", `Task "${shown}" not found in queue "q"`);
  });
});
