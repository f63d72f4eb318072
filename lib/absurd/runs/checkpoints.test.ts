import { expect, test } from "vitest";
import { describeBothWays } from "@/testing/client-sessions";
import { InvalidArgumentError, RunNotFoundError } from "../errors.ts";

const UNKNOWN = "0198c0de-0000-7000-8000-000000000000";

describeBothWays("checkpoints", (session) => {
  async function running() {
    const spawned = await session.client.spawnTask("job", {}, { maxAttempts: 3 });
    await session.client.claimTasks({ claimTimeoutSeconds: 30 });
    return spawned;
  }
  /** Fails the attempt and claims the next one. */
  async function nextAttempt(runId: string) {
    await session.client.failTask(runId, "again");
    const [claimed] = await session.client.claimTasks();
    return claimed?.runId ?? "";
  }

  test("setCheckpoint: stores a value, which getCheckpoint returns", async () => {
    await session.setClock("2026-03-02T12:00:00Z");
    const { taskId, runId } = await running();
    await session.client.setCheckpoint({
      taskId,
      stepName: "s",
      state: { rows: [1, 9007199254740993n] },
      ownerRunId: runId,
    });
    expect(await session.client.getCheckpoint(taskId, "s")).toEqual({
      name: "s",
      state: { rows: [1, 9007199254740993n] },
      status: "committed",
      ownerRunId: runId,
      updatedAt: new Date("2026-03-02T12:00:00Z"),
    });
  });

  test("setCheckpoint: extends the lease on request", async () => {
    await session.setClock("2026-03-02T12:00:00Z");
    const { taskId, runId } = await running();
    const write = { taskId, stepName: "s", state: 1, ownerRunId: runId };
    await session.client.setCheckpoint(write);
    const lease = async () => (await session.client.getRunStatus(runId))?.claimExpiresAt;
    expect(await lease()).toEqual(new Date("2026-03-02T12:00:30Z"));
    await session.client.setCheckpoint({ ...write, extendClaimSeconds: 90 });
    expect(await lease()).toEqual(new Date("2026-03-02T12:01:30Z"));
  });

  test("setCheckpoint: refuses a blank step", async () => {
    await expect(
      session.client.setCheckpoint({
        taskId: UNKNOWN,
        stepName: " ",
        state: 1,
        ownerRunId: UNKNOWN,
      }),
    ).rejects.toThrow(InvalidArgumentError);
  });

  test("getCheckpoint: distinguishes no checkpoint, JSON null and SQL NULL", async () => {
    const { taskId, runId } = await running();
    const write = (stepName: string, state: null | undefined) =>
      session.client.setCheckpoint({ taskId, stepName, state, ownerRunId: runId });
    await write("null", null);
    await write("nothing", undefined);
    expect((await session.client.getCheckpoint(taskId, "null"))?.state).toBeNull();
    expect(await session.client.getCheckpoint(taskId, "nothing")).toMatchObject({
      state: undefined,
    });
    expect(await session.client.getCheckpoint(taskId, "absent")).toBeNull();
  });

  test("getCheckpoint: pending ones only on request", async () => {
    const { client, db } = session;
    const { taskId, runId } = await running();
    await client.saveCheckpointForRun(runId, "s", 1);
    await db.query(`update absurd."c_${client.queueName}" set status = 'pending'`);
    expect(await client.getCheckpoint(taskId, "s")).toBeNull();
    expect(await client.getCheckpoint(taskId, "s", { includePending: true })).toMatchObject({
      status: "pending",
    });
  });

  test("getCheckpoints: lists those of this and earlier attempts, oldest first", async () => {
    const { taskId, runId } = await running();
    await session.client.saveCheckpointForRun(runId, "b", 1);
    await session.client.saveCheckpointForRun(runId, "a", 2);
    const second = await nextAttempt(runId);
    await session.client.saveCheckpointForRun(second, "c", 3);
    const names = async (run: string) =>
      (await session.client.getCheckpoints(taskId, run)).map(({ name }) => name);
    expect(await names(second)).toEqual(["b", "a", "c"]);
    expect(await names(runId)).toEqual(["b", "a"]);
    const all = await session.client.getCheckpointsForTask(taskId);
    expect(all.map(({ name }) => name)).toEqual(["b", "a", "c"]);
  });

  test("getCheckpoints: a run of another task is refused", async () => {
    const { runId } = await running();
    const other = await session.client.spawnTask("other");
    await expect(session.client.getCheckpoints(other.taskId, runId)).rejects.toThrow(
      RunNotFoundError,
    );
  });

  test("getCheckpointsForTask: all of a task, none of an unknown one", async () => {
    const { taskId, runId } = await running();
    await session.client.saveCheckpointForRun(runId, "s", 1);
    expect(await session.client.getCheckpointsForTask(taskId)).toMatchObject([
      { name: "s", state: 1, ownerRunId: runId },
    ]);
    expect(await session.client.getCheckpointsForTask(UNKNOWN)).toEqual([]);
  });

  test("getCheckpointsForRun: step name -> state, also for the next attempt", async () => {
    const { runId } = await running();
    await session.client.saveCheckpointForRun(runId, "s1", { done: true });
    await session.client.saveCheckpointForRun(runId, "__proto__", [1]);
    const second = await nextAttempt(runId);
    const found = await session.client.getCheckpointsForRun(second);
    expect(Object.entries(found)).toEqual([
      ["s1", { done: true }],
      ["__proto__", [1]],
    ]);
  });

  test("getRunCheckpoint: the state of one step, or undefined", async () => {
    const { runId } = await running();
    await session.client.saveCheckpointForRun(runId, "null", null);
    expect(await session.client.getRunCheckpoint(runId, "null")).toBeNull();
    expect(await session.client.getRunCheckpoint(runId, "absent")).toBeUndefined();
  });

  test("saveCheckpointForRun: looks up the task unless it is given", async () => {
    const { taskId, runId } = await running();
    await session.client.saveCheckpointForRun(runId, "s1", 1);
    await session.client.saveCheckpointForRun(runId, "s2", 2, { taskId });
    expect(await session.client.getCheckpointsForRun(runId)).toEqual({ s1: 1, s2: 2 });
  });

  test("step: runs once, then returns what was stored", async () => {
    const { taskId, runId } = await running();
    let calls = 0;
    const charge = async () => ({ call: ++calls });
    expect(await session.client.step({ taskId, runId, name: "charge" }, charge)).toEqual({
      call: 1,
    });
    const second = { taskId, runId: await nextAttempt(runId), name: "charge" };
    expect(await session.client.step(second, charge)).toEqual({ call: 1 });
    expect(calls).toBe(1);
  });

  test("step: a step that returned undefined is not repeated", async () => {
    const { taskId, runId } = await running();
    let calls = 0;
    const run = () =>
      session.client.step(session.db, { taskId, runId, name: "s" }, () => {
        calls++;
        return undefined;
      });
    await run();
    expect(await run()).toBeUndefined();
    expect(calls).toBe(1);
  });

  test("step: a step that throws leaves no checkpoint", async () => {
    const { taskId, runId } = await running();
    const input = { taskId, runId, name: "s" };
    const failing = session.client.step(input, async () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    expect(await session.client.getCheckpoint(taskId, "s")).toBeNull();
  });
});
