import { expect, test } from "vitest";
import { describeBothWays } from "@/testing/client-sessions";
import { spawnCancellableTask, spawnRetryTask } from "./spawn-helpers.ts";

describeBothWays("spawn helpers", (session) => {
  const stored = async (taskId: string) => session.client.getTaskStatus(taskId);

  test("spawnRetryTask: three attempts with growing delays by default", async () => {
    const { taskId } = await spawnRetryTask(session.client, "job", { p: 1 });
    expect(await stored(taskId)).toMatchObject({
      params: { p: 1 },
      maxAttempts: 3,
      retryStrategy: { kind: "exponential", base_seconds: 30, factor: 2 },
    });
  });

  test("spawnRetryTask: keeps a maxSeconds of 0", async () => {
    const { taskId } = await spawnRetryTask(session.client, session.db, "job", null, {
      maxAttempts: 9,
      baseSeconds: 5,
      factor: 3,
      maxSeconds: 0,
    });
    expect(await stored(taskId)).toMatchObject({
      maxAttempts: 9,
      retryStrategy: { kind: "exponential", base_seconds: 5, factor: 3, max_seconds: 0 },
    });
  });

  test("spawnRetryTask: fixed has no factor, none has only its kind", async () => {
    const fixed = await spawnRetryTask(session.client, "job", null, { kind: "fixed" });
    expect((await stored(fixed.taskId))?.retryStrategy).toEqual({
      kind: "fixed",
      base_seconds: 30,
    });
    const none = await spawnRetryTask(session.client, "job", null, { kind: "none" });
    expect((await stored(none.taskId))?.retryStrategy).toEqual({ kind: "none" });
  });

  test("spawnCancellableTask: keeps limits of 0", async () => {
    const { taskId } = await spawnCancellableTask(session.client, session.db, "job", null, {
      maxDelaySeconds: 0,
      maxDurationSeconds: 60,
    });
    expect((await stored(taskId))?.cancellation).toEqual({ max_delay: 0, max_duration: 60 });
    expect(await session.client.claimTasks()).toEqual([]);
    expect((await stored(taskId))?.state).toBe("cancelled");
  });

  test("spawnCancellableTask: without rules it is a plain spawn", async () => {
    const { taskId } = await spawnCancellableTask(session.client, "job");
    expect((await stored(taskId))?.cancellation).toEqual({});
  });
});
