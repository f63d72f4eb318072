import { hostname } from "node:os";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { AbsurdClient, getAbsurdClient, resetAbsurdClient } from "./absurd-client.ts";
import type { CallReport } from "./bound-verb.ts";
import { isValidQueueName } from "./client-options.ts";
import { InvalidArgumentError, QueueNotFoundError } from "./errors.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
afterEach(() => {
  vi.unstubAllEnvs();
  resetAbsurdClient();
});

describe("defaults", () => {
  test("queue and worker come from the environment", () => {
    vi.stubEnv("ABSURD_DEFAULT_QUEUE", "from_env");
    vi.stubEnv("ABSURD_WORKER_ID", "worker_7");
    expect(new AbsurdClient()).toMatchObject({ queueName: "from_env", workerId: "worker_7" });
    expect(new AbsurdClient({ queueName: "own", workerId: "me" })).toMatchObject({
      queueName: "own",
      workerId: "me",
    });
  });

  test("without an environment the queue is absurd_default and each client has its own worker name", () => {
    vi.stubEnv("ABSURD_DEFAULT_QUEUE", "");
    vi.stubEnv("ABSURD_WORKER_ID", undefined);
    const [one, two] = [new AbsurdClient(), new AbsurdClient()];
    expect(one.queueName).toBe("absurd_default");
    expect(one.workerId).toMatch(`${hostname()}:${process.pid}:`);
    expect(one.workerId).not.toBe(two.workerId);
  });

  test("defaultMaxAttempts applies to spawns without maxAttempts", async () => {
    const client = new AbsurdClient({ db: database.pool, queueName: "a", defaultMaxAttempts: 5 });
    await client.createQueue();
    const limit = async (options?: { maxAttempts: number }) => {
      const { taskId } = await client.spawnTask("job", {}, options);
      return (await client.getTaskStatus(taskId))?.maxAttempts;
    };
    expect(await limit()).toBe(5);
    expect(await limit({ maxAttempts: 2 })).toBe(2);
  });
});

describe("queue names", () => {
  test.each(["a", "_", "Orders_2", "q".repeat(57)])("%j is an identifier", (name) => {
    expect(isValidQueueName(name)).toBe(true);
    expect(new AbsurdClient({ queueName: name }).queueName).toBe(name);
  });

  test.each(["", "2a", "my-queue", "abc\n", "q".repeat(58), "ä", 'a"b'])(
    "%j is not an identifier",
    (name) => {
      expect(isValidQueueName(name)).toBe(false);
      expect(() => new AbsurdClient({ queueName: name })).toThrow(InvalidArgumentError);
    },
  );

  test.each(["my-queue", 'say "hi"; drop table x', "UPPER lower", "ä".repeat(28), "abc\n", " "])(
    "with allowAnyQueueName %j is a queue like any other",
    async (queueName) => {
      const client = new AbsurdClient({ db: database.pool, queueName, allowAnyQueueName: true });
      await client.createQueue();
      const { taskId, runId } = await client.spawnTask("job");
      expect(await client.getTaskStatus(taskId)).toMatchObject({ taskName: "job" });
      expect(await client.getRunStatus(runId)).toMatchObject({ taskId });
      expect(await client.listQueues()).toContain(queueName);
      await client.dropQueue();
    },
  );

  test.each(["", "ä".repeat(29), "q".repeat(58)])(
    "%j is not a queue name of the engine",
    (queueName) => {
      expect(() => new AbsurdClient({ queueName, allowAnyQueueName: true })).toThrow(
        InvalidArgumentError,
      );
    },
  );

  test("withQueue keeps all other options", () => {
    const client = new AbsurdClient({ queueName: "one", workerId: "me", allowAnyQueueName: true });
    expect(client.withQueue("two-2")).toMatchObject({ queueName: "two-2", workerId: "me" });
    expect(() => new AbsurdClient().withQueue("two-2")).toThrow(InvalidArgumentError);
  });
});

describe("connections", () => {
  test("a method runs on the given connection, or else on the client's own", async () => {
    const bare = new AbsurdClient({ queueName: "b" });
    await bare.createQueue(database.pool);
    const bound = new AbsurdClient({ queueName: "b", db: database.pool });
    const connection = await database.pool.connect();
    await connection.query("begin");
    const { taskId } = await bound.spawnTask(connection, "job", { p: 1 });
    expect(await bound.getTaskStatus(connection, taskId)).not.toBeNull();
    expect(await bound.getTaskStatus(taskId)).toBeNull();
    await connection.query("rollback");
    connection.release();
    expect(await bare.getTaskStatus(database.pool, taskId)).toBeNull();
  });

  test("every method works on a pool, also those with several statements", async () => {
    const client = new AbsurdClient({ queueName: "pooled", db: database.pool });
    const { runId, taskId } = await client.spawnTask("job", {}, { ensureQueue: true });
    await client.claimTasks();
    await expect(client.sleep({ runId, stepName: "s", seconds: 60 })).rejects.toThrow("sleeps");
    expect(await client.cancelTask({ runId })).toEqual({
      taskId,
      cancelled: true,
      state: "cancelled",
    });
  });

  test("without a connection a method throws and names the options", async () => {
    await expect(new AbsurdClient().listQueues()).rejects.toThrow(InvalidArgumentError);
  });

  test("methods are bound", async () => {
    const { createQueue, spawnTask } = new AbsurdClient({ queueName: "c", db: database.pool });
    await createQueue();
    expect(await spawnTask("job")).toMatchObject({ created: true });
  });
});

describe("the client of the process", () => {
  test("is created once and returned again", () => {
    const client = getAbsurdClient({ queueName: "aa", workerId: "w" });
    expect(getAbsurdClient()).toBe(client);
    expect(getAbsurdClient({ queueName: "aa" })).toBe(client);
    expect(getAbsurdClient({ workerId: "w" })).toBe(client);
  });

  test("refuses other options", () => {
    getAbsurdClient({ queueName: "aa" });
    expect(() => getAbsurdClient({ queueName: "bb" })).toThrow(InvalidArgumentError);
    expect(() => getAbsurdClient({ db: database.pool })).toThrow("another db");
  });

  test("resetAbsurdClient drops the shared client", () => {
    getAbsurdClient({ queueName: "aa" });
    resetAbsurdClient();
    expect(getAbsurdClient({ queueName: "bb" }).queueName).toBe("bb");
  });
});

describe("the log", () => {
  test("logs calls with duration and error, never their data", async () => {
    const reports: CallReport[] = [];
    const logger = { debug: (_: string, fields: CallReport) => void reports.push(fields) };
    const client = new AbsurdClient({ queueName: "logged", db: database.pool, logger });
    await expect(client.spawnTask("job", { secret: "s3cret" })).rejects.toThrow(QueueNotFoundError);
    await client.createQueue();
    expect(reports).toEqual([
      {
        operation: "spawnTask",
        queue: "logged",
        milliseconds: expect.any(Number),
        error: "QueueNotFoundError",
      },
      { operation: "createQueue", queue: "logged", milliseconds: expect.any(Number) },
    ]);
  });
});
