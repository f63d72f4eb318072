import { describe, expect, test } from "vitest";
import { at, MODES, provideEngine } from "./engine";

describe.each(MODES)("%s", (mode) => {
  const engine = provideEngine(mode);

  test("a claim returns the run, its task and its event, and keeps the event on the row", async () => {
    const e = engine();
    const strategy = { kind: "fixed", base_seconds: 1 };
    const { task, run } = await e.spawn(
      { headers: { trace: "x" }, retry_strategy: strategy, max_attempts: 3 },
      { a: [1, null] },
    );
    expect(await e.claim()).toEqual([
      {
        run_id: run,
        task_id: task,
        attempt: "1",
        task_name: "job",
        params: '{"a": [1, null]}',
        retry_strategy: '{"kind": "fixed", "base_seconds": 1}',
        max_attempts: "3",
        headers: '{"trace": "x"}',
        wake_event: null,
        event_payload: null,
      },
    ]);
  });

  test("runs with equal available_at are claimed by id", async () => {
    const e = engine();
    const ids: string[] = [];
    for (let index = 0; index < 30; index++) ids.push((await e.spawn()).run);
    await e.rows(
      `update ${e.table("r")} set state = 'sleeping' where run_id = any ($1::uuid[])`,
      `{${ids[3]},${ids[17]}}`,
    );
    const claimed = [...(await e.claim({ qty: 7 })), ...(await e.claim({ qty: 30 }))];
    expect(claimed.map((run) => run.run_id)).toEqual([...ids].sort());
  });

  test("many runs of ended tasks do not hide a ready one", async () => {
    const e = engine();
    for (let index = 0; index < 50; index++) await e.spawn();
    await e.rows(`update ${e.table("t")} set state = 'failed'`);
    await e.clock(1);
    const { run } = await e.spawn();
    await e.clock(2);
    expect((await e.claim()).map((claimed) => claimed.run_id)).toEqual([run]);
  });

  test("a sleeping run is claimed when it is due, not before", async () => {
    const e = engine();
    const { task, run } = await e.running();
    await e.on("schedule_run", run, at(50));
    expect(await e.run(run)).toMatchObject({
      state: "sleeping",
      claimed_by: null,
      claim_expires_at: null,
      available_at: at(50),
      started_at: at(0),
    });
    expect(await e.task(task)).toMatchObject({ state: "sleeping" });
    await e.clock(49.999);
    expect(await e.claim()).toEqual([]);
    await e.clock(50);
    expect(await e.claim()).toMatchObject([{ run_id: run, attempt: "1" }]);
    expect(await e.run(run)).toMatchObject({ started_at: at(50), available_at: at(50) });
    expect(await e.task(task)).toMatchObject({ first_started_at: at(0), attempts: "1" });
  });

  test("schedule_run accepts any time but NULL", async () => {
    const e = engine();
    const { run } = await e.running();
    await e.refused(() => e.on("schedule_run", run, null), "23502");
    await e.on("schedule_run", run, "infinity");
    expect(await e.run(run)).toMatchObject({ available_at: "infinity" });
  });

  test("one poll sweeps at most as many expired leases as its quantity, oldest first", async () => {
    const e = engine();
    const runs: string[] = [];
    for (const lease of [30, 10, 20]) runs.push((await e.running({ max_attempts: 1 }, lease)).run);
    await e.clock(30);
    expect(await e.claim({ qty: 2 })).toEqual([]);
    const states = await e.rows(`select run_id, state from ${e.table("r")}`);
    expect(new Map(states.map((run) => [run.run_id, run.state]))).toEqual(
      new Map(runs.map((run, index) => [run, index === 0 ? "running" : "failed"])),
    );
  });

  test("a swept run without a worker's name omits it from the reason", async () => {
    const e = engine();
    const { run } = await e.running({ max_attempts: 1 });
    await e.rows(`update ${e.table("r")} set claimed_by = null where run_id = $1`, run);
    await e.clock(60);
    await e.claim();
    expect(JSON.parse(String((await e.run(run)).failure_reason))).not.toHaveProperty("workerId");
  });

  test("the same poll claims the replacement of a swept run, on the real clock too", async () => {
    const e = engine();
    const { task } = await e.running({}, 60);
    await e.rows("set absurd.fake_now = ''");
    expect(await e.claim()).toMatchObject([{ task_id: task, attempt: "2" }]);
  });
});
