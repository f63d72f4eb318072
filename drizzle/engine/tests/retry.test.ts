import { describe, expect, test } from "vitest";
import { at, type Engine, MODES, provideEngine } from "./engine";

/** Fails the running run at T + 10 s and returns the next run. */
async function failAndLook(
  e: Engine,
  ids: { task: string; run: string },
  retryAt: string | null = null,
) {
  await e.clock(10);
  await e.on("fail_run", ids.run, { message: "broken" }, retryAt);
  const [first, next] = await e.runs(ids.task);
  expect(first).toMatchObject({
    state: "failed",
    failed_at: at(10),
    failure_reason: '{"message": "broken"}',
    claimed_by: "w",
    claim_expires_at: at(60),
  });
  expect(next).toMatchObject({ attempt: "2", claimed_by: null, started_at: null });
  expect(await e.task(ids.task)).toMatchObject({
    state: next?.state,
    attempts: "2",
    last_attempt_run: next?.run_id,
    cancelled_at: null,
  });
  return next;
}

describe.each(MODES)("%s", (mode) => {
  const engine = provideEngine(mode);

  test.each([
    ["no strategy", undefined],
    ["kind none", { kind: "none" }],
    ["no kind", { base_seconds: 5 }],
    ["a null kind", { kind: null }],
  ])("R1: %s retries at once", async (_, strategy) => {
    const e = engine();
    const ids = await e.running({ retry_strategy: strategy });
    expect(await failAndLook(e, ids)).toMatchObject({ state: "pending", available_at: at(10) });
  });

  test("R2: the default delay of kind fixed is a minute", async () => {
    const e = engine();
    const ids = await e.running({ retry_strategy: { kind: "fixed" } });
    expect(await failAndLook(e, ids)).toMatchObject({ state: "sleeping", available_at: at(70) });
  });

  test.each([
    ["R3", { kind: "exponential" }, [30, 60, 120]],
    ["R4", { kind: "exponential", base_seconds: 10, factor: 3, max_seconds: 25 }, [10, 25, 25]],
  ])("%s: exponential, attempt by attempt", async (_, strategy, delays) => {
    const e = engine();
    const { task } = await e.running({ retry_strategy: strategy });
    let now = 0;
    for (const delay of delays) {
      const run = (await e.runs(task)).at(-1);
      await e.on("fail_run", String(run?.run_id), null);
      const next = (await e.runs(task)).at(-1);
      expect(next).toMatchObject({ state: "sleeping", available_at: at(now + delay) });
      now += delay;
      await e.clock(now);
      expect(await e.claim()).toHaveLength(1);
    }
  });

  test("R5: an explicit time in the past means now", async () => {
    const e = engine();
    const ids = await e.running();
    const next = await failAndLook(e, ids, "2020-01-01T00:00:00Z");
    expect(next).toMatchObject({ state: "pending", available_at: at(10) });
  });

  test("R6: an explicit time in the future overrides the strategy", async () => {
    const e = engine();
    const ids = await e.running({ retry_strategy: { kind: "fixed", base_seconds: 5 } });
    const next = await failAndLook(e, ids, at(500));
    expect(next).toMatchObject({ state: "sleeping", available_at: at(500) });
  });

  test("R7: a sleeping run can be failed, and is retried", async () => {
    const e = engine();
    const { task, run } = await e.running({ retry_strategy: { kind: "fixed" } });
    await e.on("fail_run", run, null);
    const second = (await e.runs(task)).at(-1);
    expect(second).toMatchObject({ state: "sleeping", attempt: "2" });
    await e.on("fail_run", String(second?.run_id), null);
    expect(await e.runs(task)).toMatchObject([
      { state: "failed" },
      { state: "failed", claimed_by: null, claim_expires_at: null, failure_reason: null },
      { state: "sleeping", attempt: "3" },
    ]);
    expect(await e.task(task)).toMatchObject({ attempts: "3", state: "sleeping" });
  });

  test("R8: a pending run cannot be failed", async () => {
    const e = engine();
    const { run } = await e.spawn();
    await e.refused(
      () => e.on("fail_run", run, null),
      "P0001",
      `Run "${run}" cannot be failed in queue "q"`,
    );
  });

  test.each([[{ kind: "fixed", base_seconds: 100000 }], ["null"], ['"x"'], [{ kind: "linear" }]])(
    "R9: a stored strategy that is invalid (%j) fails the task without a retry",
    async (strategy) => {
      const e = engine();
      const { task, run } = await e.running({ max_attempts: 5 });
      await e.rows(`update ${e.table("t")} set retry_strategy = $1`, strategy);
      await e.on("fail_run", run, null);
      expect(await e.runs(task)).toHaveLength(1);
      expect(await e.task(task)).toMatchObject({
        state: "failed",
        attempts: "1",
        last_attempt_run: run,
      });
    },
  );

  test("R9: also with unlimited attempts, but not with an explicit retry time", async () => {
    const e = engine();
    const first = await e.running();
    const second = await e.running();
    await e.rows(`update ${e.table("t")} set retry_strategy = '[]'`);
    await e.on("fail_run", first.run, null);
    expect(await e.task(first.task)).toMatchObject({ state: "failed" });
    await e.on("fail_run", second.run, null, at(5));
    expect(await e.task(second.task)).toMatchObject({ state: "sleeping", attempts: "2" });
  });

  test("an invalid strategy does not hide a max_duration that is not a whole number", async () => {
    const e = engine();
    const { task, run } = await e.running({ max_attempts: 2 });
    await e.rows(
      `update ${e.table("t")} set retry_strategy = '"x"', cancellation = '{"max_duration":"soon"}'`,
    );
    await e.refused(() => e.on("fail_run", run, null), "22P02");
    await e.refused(() => e.on("fail_run", run, null, at(5)), "22P02");
    // Without an attempt left, no limit is evaluated.
    await e.rows(`update ${e.table("t")} set max_attempts = 1`);
    await e.on("fail_run", run, null);
    expect(await e.task(task)).toMatchObject({ state: "failed" });
  });

  test.each([
    ["null", "retry_strategy must be a JSON object"],
    ['"x"', "retry_strategy must be a JSON object"],
    ['{"kind":"linear"}', 'Unsupported retry strategy kind "linear"'],
    [
      '{"kind":"fixed","base_seconds":-1}',
      "retry_strategy.base_seconds must be between 0 and 86400",
    ],
    ['{"kind":"fixed","base_seconds":"x"}', "retry_strategy contains an invalid number"],
    [
      '{"kind":"exponential","factor":-1}',
      "retry_strategy.factor must be a finite non-negative number",
    ],
    [
      '{"kind":"exponential","max_seconds":86401}',
      "retry_strategy.max_seconds must be between 0 and 86400",
    ],
  ])("R10: spawning with the strategy %s is refused", async (strategy, message) => {
    const e = engine();
    await e.refused(() => e.spawn(JSON.parse(`{"retry_strategy":${strategy}}`)), "AB003", message);
  });

  test("R11: other keys of kind none are ignored", async () => {
    const e = engine();
    await e.spawn({ retry_strategy: { kind: "none", base_seconds: -5 } });
  });

  test("R12: the strategy is checked before max_attempts", async () => {
    const e = engine();
    await e.refused(
      () => e.spawn({ retry_strategy: 1, max_attempts: 0 }),
      "AB003",
      "retry_strategy must be a JSON object",
    );
  });

  test("R13: a time beyond what PostgreSQL can hold is an error", async () => {
    const e = engine();
    const { run } = await e.running({ retry_strategy: { kind: "fixed", base_seconds: 86400 } }, 0);
    await e.rows("set absurd.fake_now = '294276-12-31 12:00:00+00'");
    await e.refused(() => e.on("fail_run", run, null), "22008");
  });

  test("failing a sleeping run clears its wake_event and wait", async () => {
    const e = engine();
    const { task, run } = await e.running({ max_attempts: 1 });
    await e.on("await_event", task, run, "s", "event");
    await e.on("fail_run", run, null);
    expect(await e.run(run)).toMatchObject({
      state: "failed",
      wake_event: null,
      available_at: "infinity",
      claimed_by: null,
    });
    expect(await e.waits()).toEqual([]);
  });

  test("a retry can be scheduled at infinity, on every version of PostgreSQL", async () => {
    const e = engine();
    const first = await e.running();
    await e.on("fail_run", first.run, null, "infinity");
    expect((await e.runs(first.task))[1]).toMatchObject({
      state: "sleeping",
      available_at: "infinity",
    });
    const second = await e.running({ cancellation: { max_duration: 60 } });
    await e.on("fail_run", second.run, null, "infinity");
    expect(await e.task(second.task)).toMatchObject({ state: "cancelled" });
  });
});
