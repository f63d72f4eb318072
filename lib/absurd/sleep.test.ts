import { expect, test } from "vitest";
import { describeBothWays } from "@/testing/client-sessions";
import {
  AbsurdSleepError,
  InvalidArgumentError,
  RunNotFoundError,
  RunNotRunningError,
} from "./errors.ts";

const NOON = "2026-03-02T12:00:00.000Z";
const later = (seconds: number) => new Date(Date.parse(NOON) + seconds * 1000);

describeBothWays("sleep", (session) => {
  async function running() {
    await session.setClock(NOON);
    const spawned = await session.client.spawnTask("job", {}, { maxAttempts: 2 });
    await session.client.claimTasks();
    return spawned;
  }

  test("sleep: suspends until the time, then returns", async () => {
    const { taskId, runId } = await running();
    const nap = () => session.client.sleep({ runId, stepName: "nap", seconds: 60 });
    await expect(nap()).rejects.toMatchObject({
      constructor: AbsurdSleepError,
      runId,
      wakeAt: later(60),
    });
    expect(await session.client.getRunStatus(runId)).toMatchObject({
      state: "sleeping",
      availableAt: later(60),
      claimedBy: null,
    });
    expect((await session.client.getTaskStatus(taskId))?.state).toBe("sleeping");
    expect(await session.client.getRunCheckpoint(runId, "nap")).toBe(later(60).toISOString());
    await session.setClock(later(60).toISOString());
    await session.client.claimTasks();
    await nap();
  });

  test("sleep: until a date, and not at all for one in the past", async () => {
    const { taskId, runId } = await running();
    await session.client.sleep({ runId, taskId, stepName: "past", until: later(-1) });
    expect((await session.client.getRunStatus(runId))?.state).toBe("running");
    await expect(
      session.client.sleep({ runId, taskId, stepName: "future", until: later(5) }),
    ).rejects.toMatchObject({ wakeAt: later(5) });
  });

  test("sleep: a claim before the time only puts the run back", async () => {
    const { runId } = await running();
    const nap = () => session.client.sleep({ runId, stepName: "nap", seconds: 60 });
    await expect(nap()).rejects.toThrow(AbsurdSleepError);
    await session.db.query(
      `update absurd."r_${session.client.queueName}" set available_at = absurd.current_time()`,
    );
    await session.setClock(later(30).toISOString());
    await session.client.claimTasks();
    await expect(nap()).rejects.toMatchObject({ wakeAt: later(60) });
  });

  test("sleep: the next attempt does not sleep again", async () => {
    const { runId } = await running();
    const nap = (run: string) => session.client.sleep({ runId: run, stepName: "nap", seconds: 60 });
    await expect(nap(runId)).rejects.toThrow(AbsurdSleepError);
    await session.setClock(later(61).toISOString());
    await session.client.claimTasks();
    await session.client.failTask(runId, "again");
    const [second] = await session.client.claimTasks();
    await nap(second?.runId ?? "");
  });

  test("sleep: what cannot be put to sleep is left as it was", async () => {
    const { runId, taskId } = await session.client.spawnTask("job");
    const nap = session.client.sleep({ runId, stepName: "nap", seconds: 60 });
    await expect(nap).rejects.toThrow(RunNotRunningError);
    expect(await session.client.getCheckpointsForTask(taskId)).toEqual([]);
  });

  test("sleep: a step that holds something else is not a sleep", async () => {
    const { runId } = await running();
    await session.client.saveCheckpointForRun(runId, "nap", { rows: 3 });
    await expect(session.client.sleep({ runId, stepName: "nap", seconds: 60 })).rejects.toThrow(
      InvalidArgumentError,
    );
  });

  test("sleep: an unknown run", async () => {
    const runId = "0198c0de-0000-7000-8000-000000000000";
    await expect(session.client.sleep({ runId, stepName: "nap", seconds: 1 })).rejects.toThrow(
      RunNotFoundError,
    );
  });
});
