import { describe, expect, test } from "vitest";
import { at, MODES, provideEngine } from "./engine";

describe.each(MODES)("%s", (mode) => {
  const engine = provideEngine(mode);

  /** A task whose first attempt is still running alongside the second one. */
  async function twoAttempts() {
    const e = engine();
    const { task, run } = await e.running();
    const second = "01f00000-0000-7000-8000-000000000002";
    await e.rows(
      `insert into ${e.table("r")} (run_id, task_id, attempt, state, available_at)
       values ($1, $2, 2, 'running', now())`,
      second,
      task,
    );
    return { e, task, first: run, second };
  }

  test("P1: a checkpoint sets the end of the lease, even to an earlier time", async () => {
    const e = engine();
    const { task, run } = await e.running();
    await e.clock(10);
    for (const [extension, end] of [
      [100, 110],
      [5, 15],
      [0, 15],
      [null, 15],
    ] as const) {
      await e.on("set_task_checkpoint_state", task, "s", 1, run, extension);
      expect(await e.run(run)).toMatchObject({ claim_expires_at: at(end) });
    }
  });

  test("P2: a later attempt overwrites an earlier one's step", async () => {
    const { e, task, first, second } = await twoAttempts();
    await e.on("set_task_checkpoint_state", task, "s", 1, first);
    await e.clock(5);
    await e.on("set_task_checkpoint_state", task, "s", 2, second);
    expect(await e.checkpoints(task)).toEqual([
      {
        task_id: task,
        checkpoint_name: "s",
        state: "2",
        status: "committed",
        owner_run_id: second,
        updated_at: at(5),
      },
    ]);
  });

  test("P3: an earlier attempt does not overwrite a later one's step, but its lease is extended", async () => {
    const { e, task, first, second } = await twoAttempts();
    await e.on("set_task_checkpoint_state", task, "s", 2, second);
    await e.clock(5);
    await e.on("set_task_checkpoint_state", task, "s", 1, first, 100);
    expect(await e.checkpoints(task)).toMatchObject([
      { state: "2", owner_run_id: second, updated_at: at(0) },
    ]);
    expect(await e.run(first)).toMatchObject({ claim_expires_at: at(105) });
  });

  test("P4: an earlier attempt does not see a later one's steps", async () => {
    const { e, task, first, second } = await twoAttempts();
    await e.on("set_task_checkpoint_state", task, "of the second", 2, second);
    await e.clock(1);
    await e.on("set_task_checkpoint_state", task, "of the first", 1, first);
    const seenBy = async (run: string) =>
      (await e.on("get_task_checkpoint_states", task, run)).map((row) => row.checkpoint_name);
    expect(await seenBy(first)).toEqual(["of the first"]);
    expect(await seenBy(second)).toEqual(["of the second", "of the first"]);
  });

  test("P5: a checkpoint needs an existing owner run", async () => {
    const e = engine();
    const { task } = await e.running();
    const nobody = "01900000-0000-7000-8000-000000000000";
    await e.refused(
      () => e.on("set_task_checkpoint_state", task, "s", 1, null),
      "P0001",
      'Run "<NULL>" not found for checkpoint',
    );
    await e.refused(
      () => e.on("set_task_checkpoint_state", task, "s", 1, nobody, 5),
      "P0001",
      `Run "${nobody}" not found for checkpoint`,
    );
  });

  test("P6: checkpoints that are not committed are hidden unless include_pending is true", async () => {
    const e = engine();
    const { task, run } = await e.running();
    await e.on("set_task_checkpoint_state", task, "s", 1, run);
    await e.rows(`update ${e.table("c")} set status = 'pending'`);
    expect(await e.on("get_task_checkpoint_state", task, "s")).toEqual([]);
    expect(await e.on("get_task_checkpoint_state", task, "s", null)).toEqual([]);
    expect(await e.on("get_task_checkpoint_state", task, "s", true)).toEqual([
      {
        checkpoint_name: "s",
        state: "1",
        status: "pending",
        owner_run_id: run,
        updated_at: at(0),
      },
    ]);
    expect(await e.on("get_task_checkpoint_states", task, run)).toEqual([]);
  });

  test("a step name must not be blank", async () => {
    const e = engine();
    const { task, run } = await e.running();
    for (const name of [null, "", "  "])
      await e.refused(
        () => e.on("set_task_checkpoint_state", task, name, 1, run),
        "P0001",
        "step_name must be provided",
      );
    await e.on("set_task_checkpoint_state", task, "\t", 1, run);
  });

  test("a checkpoint state may be JSON null or SQL NULL", async () => {
    const e = engine();
    const { task, run } = await e.running();
    await e.on("set_task_checkpoint_state", task, "json", "null", run);
    await e.on("set_task_checkpoint_state", task, "none", null, run);
    expect(await e.on("get_task_checkpoint_state", task, "json")).toMatchObject([
      { state: "null" },
    ]);
    expect(await e.on("get_task_checkpoint_state", task, "none")).toMatchObject([{ state: null }]);
  });

  test("a step whose owner is unknown can be overwritten and is seen by all", async () => {
    const e = engine();
    const { task, run } = await e.running();
    for (const owner of [null, "01900000-0000-7000-8000-000000000000"]) {
      await e.on("set_task_checkpoint_state", task, "s", 1, run);
      await e.rows(`update ${e.table("c")} set owner_run_id = $1`, owner);
      expect(await e.on("get_task_checkpoint_states", task, run)).toHaveLength(1);
      await e.on("set_task_checkpoint_state", task, "s", 2, run);
      expect(await e.checkpoints(task)).toMatchObject([{ state: "2", owner_run_id: run }]);
    }
  });

  test("a pending, a sleeping and another task's run may write; only a running one has a lease", async () => {
    const e = engine();
    const pending = await e.spawn();
    const other = "01900000-0000-7000-8000-000000000000";
    await e.on("set_task_checkpoint_state", other, "s", 1, pending.run, 60);
    expect(await e.run(pending.run)).toMatchObject({ claim_expires_at: null });
    expect(await e.checkpoints(other)).toHaveLength(1);
    const [claimed] = await e.on("claim_task", "w", 0);
    await e.on("set_task_checkpoint_state", pending.task, "s", 1, String(claimed?.run_id), 60);
    expect(await e.run(pending.run)).toMatchObject({ state: "running", claim_expires_at: null });
  });

  test("get_task_checkpoint_states refuses a run of another task", async () => {
    const e = engine();
    const one = await e.spawn();
    const two = await e.spawn();
    await e.refused(
      () => e.on("get_task_checkpoint_states", one.task, two.run),
      "P0001",
      `Run "${two.run}" does not belong to task "${one.task}" in queue "q"`,
    );
    await e.refused(
      () => e.on("get_task_checkpoint_states", null, two.run),
      "P0001",
      `Run "${two.run}" does not belong to task "<NULL>" in queue "q"`,
    );
    await e.refused(
      () => e.on("get_task_checkpoint_states", one.task, null),
      "P0001",
      'Run "<NULL>" not found in queue "q"',
    );
  });
});
