import { expect, test } from "vitest";
import { describeBothWays } from "@/testing/client-sessions";
import type { Json } from "../../model/json.ts";
import {
  AbsurdSleepError,
  EventTimeoutError,
  InvalidArgumentError,
  RunNotFoundError,
  RunNotRunningError,
  RunNotSleepingError,
} from "../errors.ts";
import type { WaitInput } from "./events.ts";

const UNKNOWN = "0198c0de-0000-7000-8000-000000000000";
const NOON = "2026-03-02T12:00:00.000Z";
const later = (seconds: number) => new Date(Date.parse(NOON) + seconds * 1000);

describeBothWays("events", (session) => {
  async function running(time = NOON) {
    await session.setClock(time);
    const spawned = await session.client.spawnTask("job", {}, { maxAttempts: 2 });
    await session.client.claimTasks();
    return { ...spawned, stepName: "wait", eventName: "go" };
  }

  test("awaitEvent: suspends run and task until the event", async () => {
    const input = await running();
    expect(await session.client.awaitEvent(input)).toEqual({ status: "suspended" });
    expect(await session.client.getRunStatus(input.runId)).toMatchObject({
      state: "sleeping",
      wakeEvent: "go",
      availableAt: "infinity",
      claimedBy: null,
    });
    await session.client.emitEvent("go", { n: 9007199254740993n });
    expect(await session.client.claimTasks()).toMatchObject([
      { runId: input.runId, wakeEvent: null, eventPayload: { n: 9007199254740993n } },
    ]);
    expect(await session.client.awaitEvent(input)).toEqual({
      status: "received",
      payload: { n: 9007199254740993n },
    });
  });

  test.each<Json>([null, false, 0, "", { timeout: true }])(
    "awaitEvent: payload %j is a payload",
    async (payload) => {
      const input = await running();
      await session.client.emitEvent("go", payload);
      expect(await session.client.awaitEvent(input)).toEqual({ status: "received", payload });
    },
  );

  test("awaitEvent: a timeout of 0 suspends once and is due at once", async () => {
    const input = { ...(await running()), timeoutSeconds: 0 };
    expect(await session.client.awaitEvent(input)).toEqual({ status: "suspended" });
    expect(await session.client.claimTasks()).toMatchObject([{ wakeEvent: "go" }]);
    expect(await session.client.awaitEvent(input)).toEqual({ status: "timeout" });
  });

  test.each([
    ["a blank event", { eventName: " " }],
    ["a blank step", { stepName: "" }],
    ["a negative timeout", { timeoutSeconds: -1 }],
    ["a fractional timeout", { timeoutSeconds: 0.5 }],
  ])("awaitEvent: refuses %s", async (_what, wrong) => {
    const input = { taskId: UNKNOWN, runId: UNKNOWN, stepName: "s", eventName: "e", ...wrong };
    await expect(session.client.awaitEvent(input)).rejects.toThrow(InvalidArgumentError);
  });

  test("awaitEvent: only a running run can wait", async () => {
    const spawned = await session.client.spawnTask("job");
    await expect(
      session.client.awaitEvent({ ...spawned, stepName: "s", eventName: "e" }),
    ).rejects.toThrow(RunNotRunningError);
  });

  test("waitForEvent: throws to suspend, then returns the payload", async () => {
    const { runId } = await running();
    const wait = () =>
      session.client.waitForEvent({ runId, eventName: "go", timeoutSeconds: null });
    await expect(wait()).rejects.toMatchObject({
      constructor: AbsurdSleepError,
      runId,
      eventName: "go",
    });
    await session.client.emitEvent("go", "payload");
    await session.client.claimTasks();
    expect(await wait()).toBe("payload");
    expect(await session.client.getCheckpointsForRun(runId)).toEqual({
      "$awaitEvent:go": "payload",
    });
  });

  test("waitForEvent: throws on a timeout", async () => {
    const { runId } = await running();
    const wait = () => session.client.waitForEvent({ runId, eventName: "go", timeoutSeconds: 60 });
    await expect(wait()).rejects.toThrow(AbsurdSleepError);
    await session.setClock(later(60).toISOString());
    await session.client.claimTasks();
    await expect(wait()).rejects.toMatchObject({
      constructor: EventTimeoutError,
      eventName: "go",
      timeoutSeconds: 60,
    });
  });

  test("waitForEvent: waiting without a timeout must be explicit", async () => {
    const input = { runId: UNKNOWN, eventName: "go" } as WaitInput;
    await expect(session.client.waitForEvent(input)).rejects.toThrow(InvalidArgumentError);
  });

  test("waitForEvent: throws for an unknown run", async () => {
    await expect(
      session.client.waitForEvent({ runId: UNKNOWN, eventName: "go", timeoutSeconds: 1 }),
    ).rejects.toThrow(RunNotFoundError);
  });

  test("setRunSleeping: only checks that the run sleeps", async () => {
    const input = await running();
    await expect(session.client.setRunSleeping(input.runId)).rejects.toThrow(RunNotSleepingError);
    await session.client.awaitEvent(input);
    const before = await session.client.getRunStatus(input.runId);
    await session.client.setRunSleeping(input.runId);
    expect(await session.client.getRunStatus(input.runId)).toEqual(before);
    await expect(session.client.setRunSleeping(UNKNOWN)).rejects.toThrow(RunNotFoundError);
  });

  test("emitEvent: the first emit of a name is kept, later ones are ignored", async () => {
    await session.setClock(NOON);
    await session.client.emitEvent("go", 1);
    await session.client.emitEvent("go", 2);
    expect(await session.client.getEvent("go")).toEqual({
      name: "go",
      emittedAt: later(0),
      payload: 1,
    });
  });

  test("emitEvent: no payload is JSON null", async () => {
    await session.client.emitEvent("go");
    expect((await session.client.getEvent("go"))?.payload).toBeNull();
  });

  test("emitEvent: into another queue", async () => {
    const other = session.client.withQueue(`${session.client.queueName}_other`);
    await other.createQueue();
    await session.client.emitEvent("go", 1, { queueName: other.queueName });
    expect(await session.client.getEvent("go")).toBeNull();
    expect((await other.getEvent("go"))?.payload).toBe(1);
  });

  test("emitEvent: refuses a blank name", async () => {
    await expect(session.client.emitEvent("  ")).rejects.toThrow(InvalidArgumentError);
  });

  test("listEvents: emitted and awaited ones, by name, in pages", async () => {
    const input = await running();
    await session.client.awaitEvent({ ...input, eventName: "b" });
    for (const name of ["a", "c"]) await session.client.emitEvent(name, null);
    const [a, b, c] = [
      { name: "a", emittedAt: later(0) },
      { name: "b", emittedAt: null },
      { name: "c", emittedAt: later(0) },
    ];
    expect(await session.client.listEvents()).toEqual([a, b, c]);
    expect(await session.client.listEvents({ state: "emitted" })).toEqual([a, c]);
    expect(await session.client.listEvents({ state: "awaited" })).toEqual([b]);
    expect(await session.client.listEvents({ limit: 1, after: "a" })).toEqual([b]);
  });

  test("getEvent: null while it is only awaited", async () => {
    await session.client.awaitEvent(await running());
    expect(await session.client.getEvent("go")).toBeNull();
  });

  test("listWaits: runs, events and timeouts", async () => {
    const { taskId, runId, ...first } = await running();
    await session.client.awaitEvent({ taskId, runId, ...first, timeoutSeconds: 60 });
    // Before PostgreSQL 18, ids of one millisecond are not ordered.
    const second = await running(later(1).toISOString());
    await session.client.awaitEvent({ ...second, eventName: "other" });
    const wait = {
      taskId,
      runId,
      stepName: "wait",
      eventName: "go",
      timeoutAt: later(60),
      createdAt: later(0),
    };
    expect(await session.client.listWaits({ eventName: "go" })).toEqual([wait]);
    expect(await session.client.listWaits({ taskId })).toEqual([wait]);
    expect(await session.client.listWaits({ limit: 1 })).toEqual([wait]);
    expect(await session.client.listWaits({ after: wait })).toMatchObject([
      { eventName: "other", timeoutAt: null },
    ]);
  });
});
