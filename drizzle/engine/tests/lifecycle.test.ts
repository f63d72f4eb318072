import { describe, expect, test } from "vitest";
import { at, type Engine, MODES, provideEngine } from "./engine";

describe.each(MODES)("%s", (mode) => {
  const engine = provideEngine(mode);

  test("L1: a spawn without params and options", async () => {
    const e = engine();
    const [spawned] = await e.on("spawn_task", "job", null, null);
    expect(spawned).toMatchObject({ attempt: "1", created: "t" });
    expect(await e.task(String(spawned?.task_id))).toEqual({
      task_id: spawned?.task_id,
      task_name: "job",
      params: "null",
      headers: null,
      retry_strategy: null,
      max_attempts: null,
      cancellation: null,
      enqueue_at: at(0),
      first_started_at: null,
      state: "pending",
      attempts: "1",
      last_attempt_run: spawned?.run_id,
      completed_payload: null,
      cancelled_at: null,
      idempotency_key: null,
    });
    expect(await e.run(String(spawned?.run_id))).toEqual({
      run_id: spawned?.run_id,
      task_id: spawned?.task_id,
      attempt: "1",
      state: "pending",
      claimed_by: null,
      claim_expires_at: null,
      available_at: at(0),
      wake_event: null,
      event_payload: null,
      started_at: null,
      completed_at: null,
      failed_at: null,
      result: null,
      failure_reason: null,
      created_at: at(0),
    });
  });

  test("L2: a claim with an empty worker, timeout 0 and quantity 0 takes one run without a lease", async () => {
    const e = engine();
    const { run } = await e.spawn();
    expect(await e.on("claim_task", "", 0, 0)).toHaveLength(1);
    expect(await e.run(run)).toMatchObject({ claimed_by: "worker", claim_expires_at: null });
  });

  test("L3: extend_claim refuses a run without a lease", async () => {
    const e = engine();
    const { run } = await e.running({}, 0);
    await e.refused(
      () => e.on("extend_claim", run, 10),
      "P0001",
      `Run "${run}" does not have an active claim in queue "q"`,
    );
  });

  test("L4: a run with an expired lease can be completed until a poll sweeps it", async () => {
    const e = engine();
    const { task, run } = await e.running();
    expect(await e.task(task)).toMatchObject({ state: "running", first_started_at: at(0) });
    await e.clock(300);
    await e.on("complete_run", run, { ok: true });
    expect(await e.run(run)).toMatchObject({
      state: "completed",
      claimed_by: "w",
      claim_expires_at: at(60),
      available_at: at(0),
      started_at: at(0),
      completed_at: at(300),
      failed_at: null,
      result: '{"ok": true}',
    });
    expect(await e.task(task)).toMatchObject({
      state: "completed",
      completed_payload: '{"ok": true}',
      last_attempt_run: run,
    });
  });

  test("L5: a completed run cannot be completed, failed or scheduled", async () => {
    const e = engine();
    const { run } = await e.running();
    await e.on("complete_run", run);
    const notRunning = `Run "${run}" is not currently running in queue "q"`;
    await e.refused(() => e.on("complete_run", run), "P0001", notRunning);
    await e.refused(
      () => e.on("fail_run", run, null),
      "P0001",
      `Run "${run}" cannot be failed in queue "q"`,
    );
    await e.refused(() => e.on("schedule_run", run, at(9)), "P0001", notRunning);
  });

  test("L6: a completed run may still write a checkpoint", async () => {
    const e = engine();
    const { task, run } = await e.running();
    await e.on("complete_run", run);
    await e.on("set_task_checkpoint_state", task, "late", 1, run, 60);
    expect(await e.checkpoints(task)).toMatchObject([{ checkpoint_name: "late", state: "1" }]);
    expect(await e.run(run)).toMatchObject({ claim_expires_at: at(60) });
  });

  test("L7: another worker's poll sweeps an expired lease and claims the next attempt", async () => {
    const e = engine();
    const { task, run } = await e.running({ max_attempts: 2 }, 30);
    await e.clock(29.999);
    expect(await e.claim({ worker: "other" })).toEqual([]);
    await e.clock(30);
    const [claimed] = await e.claim({ worker: "other", lease: 30 });
    expect(claimed).toMatchObject({ task_id: task, attempt: "2", max_attempts: "2" });
    expect(claimed?.run_id).not.toBe(run);
    const failed = await e.run(run);
    expect(failed).toMatchObject({ state: "failed", claimed_by: "w", claim_expires_at: at(30) });
    expect(JSON.parse(String(failed.failure_reason))).toEqual({
      name: "$ClaimTimeout",
      message: "worker did not finish task within claim interval",
      workerId: "w",
      claimExpiredAt: "2026-03-02T12:00:30+00:00",
      attempt: 1,
    });
    expect(await e.task(task)).toMatchObject({
      state: "running",
      attempts: "2",
      last_attempt_run: claimed?.run_id,
      first_started_at: at(0),
    });
  });

  test("L8: calls of the old worker raise AB002", async () => {
    const e = engine();
    const { task, run } = await e.running({ max_attempts: 2 }, 30);
    await e.clock(30);
    await e.claim({ worker: "other" });
    const failed = `Run "${run}" has already failed in queue "q"`;
    await e.refused(() => e.on("complete_run", run), "AB002", failed);
    await e.refused(() => e.on("fail_run", run, null), "AB002", failed);
    await e.refused(
      () => e.on("set_task_checkpoint_state", task, "s", 1, run, 60),
      "AB002",
      failed,
    );
    await e.refused(() => e.on("extend_claim", run, 60), "AB002", failed);
  });

  test("L9: the old worker cannot suspend its failed run", async () => {
    const e = engine();
    const { task, run } = await e.running({ max_attempts: 2 }, 30);
    await e.clock(30);
    await e.claim({ worker: "other" });
    await e.refused(
      () => e.on("schedule_run", run, at(60)),
      "P0001",
      `Run "${run}" is not currently running in queue "q"`,
    );
    await e.refused(
      () => e.on("await_event", task, run, "s", "event"),
      "P0001",
      `Run "${run}" must be running to await events`,
    );
  });

  test("L10: the last lease that expires fails the task", async () => {
    const e = engine();
    const { task } = await e.running({ max_attempts: 2 }, 30);
    await e.clock(30);
    await e.claim({ worker: "second", lease: 30 });
    await e.clock(60);
    expect(await e.claim()).toEqual([]);
    expect(await e.task(task)).toMatchObject({ state: "failed", attempts: "2" });
    const [result] = await e.on("get_task_result", task);
    expect(result).toMatchObject({ task_id: task, state: "failed", result: null });
    expect(JSON.parse(String(result?.failure_reason))).toMatchObject({
      name: "$ClaimTimeout",
      workerId: "second",
      attempt: 2,
    });
  });

  test("L11: runs are claimed by available_at, not by id", async () => {
    const e = engine();
    const names = ["A", "B", "C"];
    const runs = new Map<string, string>();
    for (const [index, minute] of [59, 57, 58].entries()) {
      const { run } = await e.spawn();
      runs.set(run, String(names[index]));
      await e.rows(
        `update ${e.table("r")} set available_at = $2 where run_id = $1`,
        run,
        `2026-03-02 11:${minute}:00+00`,
      );
    }
    const claimed = await e.claim({ qty: 5 });
    expect(claimed.map((run) => runs.get(String(run.run_id)))).toEqual(["B", "C", "A"]);
    expect((await e.run(String(claimed[0]?.run_id))).available_at).toBe(at(0));
  });

  test("L12: a claim with NULL quantity and timeout takes one run for 30 seconds", async () => {
    const e = engine();
    await e.spawn();
    await e.spawn();
    const claimed = await e.on("claim_task", "w", null, null);
    expect(claimed).toHaveLength(1);
    expect(await e.run(String(claimed[0]?.run_id))).toMatchObject({ claim_expires_at: at(30) });
  });

  test("L13: a pending run of a task that has ended is not claimed", async () => {
    const e = engine();
    const { task } = await e.spawn();
    await e.rows(`update ${e.table("t")} set state = 'completed' where task_id = $1`, task);
    expect(await e.claim()).toEqual([]);
  });

  test.each([
    ["completing", (e, { run }) => e.on("complete_run", run)],
    ["failing", (e, { run }) => e.on("fail_run", run, null)],
    ["cancelling", (e, { task }) => e.on("cancel_task", task)],
  ] satisfies [string, (e: Engine, ids: { task: string; run: string }) => Promise<unknown>][])(
    "%s deletes all waits of the run, and of no other",
    async (_, act) => {
      const e = engine();
      const other = await e.running({ max_attempts: 1 });
      await act(e, other);
      const ids = await e.running();
      const waits = [
        [ids.task, ids.run, "one"],
        [ids.task, ids.run, "two"],
        [other.task, other.run, "one"],
      ] as const;
      for (const wait of waits)
        await e.rows(
          `insert into ${e.table("w")} (task_id, run_id, step_name, event_name) values ($1, $2, $3, 'e')`,
          ...wait,
        );
      await act(e, ids);
      expect(await e.waits()).toMatchObject([{ run_id: other.run, step_name: "one" }]);
    },
  );

  test("complete_run distinguishes SQL NULL and JSON null", async () => {
    const e = engine();
    const first = await e.running();
    await e.on("complete_run", first.run, null);
    expect(await e.task(first.task)).toMatchObject({ completed_payload: null });
    const second = await e.running();
    await e.on("complete_run", second.run, "null");
    expect(await e.run(second.run)).toMatchObject({ result: "null" });
    expect(await e.on("get_task_result", second.task)).toMatchObject([{ result: "null" }]);
  });

  test("completing, failing or scheduling an unknown run is refused", async () => {
    const e = engine();
    const id = "01900000-0000-7000-8000-000000000000";
    await e.refused(() => e.on("complete_run", id), "P0001", `Run "${id}" not found in queue "q"`);
    await e.refused(
      () => e.on("fail_run", id, null),
      "P0001",
      `Run "${id}" cannot be failed in queue "q"`,
    );
    await e.refused(
      () => e.on("extend_claim", id, 1),
      "P0001",
      `Run "${id}" not found in queue "q"`,
    );
    await e.refused(
      () => e.on("schedule_run", id, at(0)),
      "P0001",
      `Run "${id}" is not currently running in queue "q"`,
    );
    await e.refused(
      () => e.on("complete_run", null),
      "P0001",
      'Run "<NULL>" not found in queue "q"',
    );
    expect(await e.on("get_task_result", id)).toEqual([]);
  });

  test("extend_claim counts from now, renews an expired lease, and refuses numbers below 1", async () => {
    const e = engine();
    const { run } = await e.running();
    for (const seconds of [0, -1, null])
      await e.refused(() => e.on("extend_claim", run, seconds), "P0001", "extend_by must be > 0");
    await e.clock(90);
    await e.on("extend_claim", run, 5);
    expect(await e.run(run)).toMatchObject({ claim_expires_at: at(95) });
    await e.on("schedule_run", run, at(100));
    await e.refused(
      () => e.on("extend_claim", run, 5),
      "P0001",
      `Run "${run}" is not currently running in queue "q"`,
    );
  });
});
