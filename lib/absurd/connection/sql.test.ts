import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { AbsurdClient } from "../absurd-client.ts";
import {
  AbsurdDbError,
  AbsurdError,
  EngineNotInstalledError,
  InvalidArgumentError,
  InvalidRetryStrategyError,
  QueueNotFoundError,
  RunFailedError,
  RunNotFoundError,
  RunNotRunningError,
  TaskCancelledError,
  TaskNotFailedError,
  TaskNotFoundError,
} from "../errors.ts";
import { call, queueTable, quoteIdentifier } from "./sql.ts";

const UNKNOWN = "0198c0de-0000-7000-8000-000000000000";

let database: TestDatabase;
let client: AbsurdClient;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new AbsurdClient({ db: database.pool, queueName: "q" });
  await client.createQueue();
});
afterAll(() => database.drop());

test("any name is quoted as one identifier", () => {
  expect(quoteIdentifier('a"; drop table b; --')).toBe('"a""; drop table b; --"');
  expect(queueTable("t", "My Queue.ä")).toBe('absurd."t_My Queue.ä"');
});

test.each(["", "a\0b", "q".repeat(62), "ä".repeat(31)])(
  "%j would be another queue's table",
  (queue) => {
    expect(() => queueTable("t", queue)).toThrow(InvalidArgumentError);
  },
);

describe("errors of the engine", () => {
  async function claimed() {
    const spawned = await client.spawnTask("job");
    await client.claimTasks();
    return spawned;
  }
  const refusals = [
    {
      code: "AB001",
      what: "a cancelled task",
      error: TaskCancelledError,
      act: async () => {
        const { runId } = await claimed();
        await client.cancelTask({ runId });
        return client.completeTask(runId);
      },
    },
    {
      code: "AB002",
      what: "a failed run",
      error: RunFailedError,
      act: async () => {
        const { runId } = await claimed();
        await client.failTask(runId, "x");
        return client.extendClaim(runId, 5);
      },
    },
    {
      code: "AB003",
      what: "a delay of more than a day",
      error: InvalidRetryStrategyError,
      act: () =>
        client.spawnTask("job", {}, { retryStrategy: { kind: "fixed", baseSeconds: 86_401 } }),
    },
    {
      code: "42P01",
      what: "an unknown queue",
      error: QueueNotFoundError,
      act: () => client.withQueue("x").claimTasks(),
    },
    {
      code: "P0001",
      what: "an unknown task",
      error: TaskNotFoundError,
      act: () => client.retryTask(UNKNOWN),
    },
    {
      code: "P0001",
      what: "a task that did not fail",
      error: TaskNotFailedError,
      act: async () => client.retryTask((await client.spawnTask("job")).taskId),
    },
    {
      code: "P0001",
      what: "an unknown run",
      error: RunNotFoundError,
      act: () => client.extendClaim(UNKNOWN, 5),
    },
    {
      code: "P0001",
      what: "a run that cannot fail",
      error: RunNotRunningError,
      act: () => client.failTask(UNKNOWN, "x"),
    },
  ];

  test.each(refusals)("$code, $what: has its own error class", async ({ code, error, act }) => {
    const raised = await act().catch((raised: unknown) => raised);
    expect(raised).toBeInstanceOf(error);
    expect(raised).toBeInstanceOf(AbsurdDbError);
    expect(raised).toMatchObject({ code, name: error.name });
  });

  test("the driver's error is the cause", async () => {
    await expect(client.extendClaim(UNKNOWN, 5)).rejects.toHaveProperty("cause.code", "P0001");
  });
});

test("a database without an engine throws EngineNotInstalledError", async () => {
  const empty = await createTestDatabase({ empty: true });
  const outsider = new AbsurdClient({ db: empty.pool });
  await expect(outsider.spawnTask("job")).rejects.toThrow(EngineNotInstalledError);
  await expect(outsider.listQueues()).rejects.toThrow(EngineNotInstalledError);
  await empty.drop();
});

test("other errors of the database show neither SQL nor parameters", async () => {
  const failing = call(database.pool, "select $1::uuid", ["s3cret"]);
  await expect(failing).rejects.toMatchObject({
    constructor: AbsurdDbError,
    code: "22P02",
    message: "A value does not have the form its type needs (SQLSTATE 22P02).",
  });
});

test("an error for an unstorable value does not quote it", async () => {
  await expect(client.spawnTask("job", "s3cret\0")).rejects.toMatchObject({
    code: "22P05",
    message: expect.not.stringContaining("s3cret"),
  });
});

test("a connection that fails is not an error of the engine", async () => {
  const closed = new Client({ host: "127.0.0.1", port: 1 });
  await expect(closed.connect()).rejects.toThrow("ECONNREFUSED");
  await expect(call(closed, "select 1")).rejects.not.toBeInstanceOf(AbsurdError);
});
