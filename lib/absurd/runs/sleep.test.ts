import { describe, expect, test } from "vitest";
import { describeBothWays } from "@/testing/client-sessions";
import { formatInstant } from "../connection/parameters.ts";
import {
  AbsurdSleepError,
  InvalidArgumentError,
  RunNotFoundError,
  RunNotRunningError,
} from "../errors.ts";

const NOON = "2026-03-02T12:00:00.000Z";
const later = (seconds: number) => new Date(Date.parse(NOON) + seconds * 1000);

/** The dates, times and offsets that `datetime.fromisoformat` of Python 3.9 accepts. */
const PYTHON_3_9 =
  /^\d{4}-\d\d-\d\d.\d\d(:\d\d(:\d\d(\.\d{3}(\d{3})?)?)?)?([+-]\d\d:\d\d(:\d\d(\.\d{6})?)?)?$/;

describe("an instant as text", () => {
  test.each(["2026-03-02T12:00:00Z", "2026-03-02T12:00:00.120Z", "0099-12-31T23:59:59.999Z"])(
    "%s has a form that Python 3.9 also parses",
    (instant) => {
      const text = formatInstant(new Date(instant));
      expect(text).toMatch(PYTHON_3_9);
      expect(Date.parse(text)).toBe(Date.parse(instant));
      expect(instant).not.toMatch(PYTHON_3_9);
    },
  );
});

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
    expect(await session.client.getRunCheckpoint(runId, "nap")).toBe(
      "2026-03-02T12:01:00.000+00:00",
    );
    await session.setClock(later(60).toISOString());
    await session.client.claimTasks();
    await nap();
  });

  test("sleep: until a date; a date in the past returns at once", async () => {
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

  test("sleep: a refused sleep changes nothing", async () => {
    const { runId, taskId } = await session.client.spawnTask("job");
    const nap = session.client.sleep({ runId, stepName: "nap", seconds: 60 });
    await expect(nap).rejects.toThrow(RunNotRunningError);
    expect(await session.client.getCheckpointsForTask(taskId)).toEqual([]);
  });

  test("sleep: a checkpoint that is not a time is refused", async () => {
    const { runId } = await running();
    await session.client.saveCheckpointForRun(runId, "nap", { rows: 3 });
    await expect(session.client.sleep({ runId, stepName: "nap", seconds: 60 })).rejects.toThrow(
      InvalidArgumentError,
    );
  });

  test("sleep: throws for an unknown run", async () => {
    const runId = "0198c0de-0000-7000-8000-000000000000";
    await expect(session.client.sleep({ runId, stepName: "nap", seconds: 1 })).rejects.toThrow(
      RunNotFoundError,
    );
  });

  test("the stored end has a form that Python 3.9 parses, also after it was moved", async () => {
    const { taskId, runId } = await running();
    await session.client.sleep({ runId, stepName: "nap", seconds: 3600 }).catch(() => undefined);
    const stored = async () => (await session.client.getCheckpoint(taskId, "nap"))?.state;
    expect(await stored()).toMatch(PYTHON_3_9);
    await session.client.rescheduleRun({ runId, at: new Date("2099-01-01T00:00:00.5Z") });
    expect(await stored()).toBe("2099-01-01T00:00:00.500+00:00");
    await session.client.rescheduleRun({ runId, at: "now" });
    expect(await stored()).toMatch(PYTHON_3_9);
  });
});
