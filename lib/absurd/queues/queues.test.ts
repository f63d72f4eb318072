import { expect, test } from "vitest";
import { describeBothWays } from "@/testing/client-sessions";
import { EngineRefusalError, InvalidArgumentError, QueueNotFoundError } from "../errors.ts";

const NOON = "2026-03-02T12:00:00.000Z";
const later = (seconds: number) => new Date(Date.parse(NOON) + seconds * 1000).toISOString();

describeBothWays("queues", (session) => {
  const another = () => session.client.withQueue(`${session.client.queueName}_more`);

  async function endedTask(at = NOON) {
    await session.setClock(at);
    const spawned = await session.client.spawnTask("job");
    await session.client.claimTasks();
    await session.client.completeTask(spawned.runId);
    return spawned;
  }

  test("createQueue: creates a queue of each storage mode; a second call changes nothing", async () => {
    const { client } = session;
    await client.createQueue({ storageMode: "unpartitioned" });
    expect((await client.getQueuePolicy())?.storageMode).toBe("unpartitioned");
    const partitioned = another();
    await partitioned.createQueue({ storageMode: "partitioned" });
    await partitioned.createQueue({ storageMode: "partitioned" });
    expect((await partitioned.getQueuePolicy())?.storageMode).toBe("partitioned");
    expect((await partitioned.spawnTask("job")).created).toBe(true);
  });

  test("createQueue: another storage mode for an existing queue is refused", async () => {
    await expect(session.client.createQueue({ storageMode: "partitioned" })).rejects.toThrow(
      EngineRefusalError,
    );
  });

  test("createQueue: an unknown storage mode is refused", async () => {
    await expect(
      session.client.createQueue({ storageMode: "columnar" as "partitioned" }),
    ).rejects.toThrow(InvalidArgumentError);
  });

  test("listQueues: all names in order", async () => {
    await another().createQueue();
    const names = await session.client.listQueues();
    expect(names).toEqual([...names].sort());
    expect(names).toEqual(expect.arrayContaining([another().queueName, session.client.queueName]));
  });

  test("dropQueue: drops one queue; a second drop is not an error", async () => {
    const before = await session.client.listQueues();
    const more = another();
    await more.createQueue();
    await more.dropQueue();
    await more.dropQueue();
    expect(await session.client.listQueues()).toEqual(before);
    await expect(more.spawnTask("job")).rejects.toThrow(QueueNotFoundError);
  });

  test("getQueuePolicy: the engine's defaults, or null for an unknown queue", async () => {
    expect(await session.client.getQueuePolicy()).toEqual({
      queueName: session.client.queueName,
      storageMode: "unpartitioned",
      defaultPartition: "enabled",
      partitionLookaheadSeconds: 28 * 86_400,
      partitionLookbackSeconds: 86_400,
      cleanupTtlSeconds: 30 * 86_400,
      cleanupLimit: 1000,
      detachMode: "none",
      detachMinAgeSeconds: 30 * 86_400,
    });
    expect(await session.client.withQueue("nowhere").getQueuePolicy()).toBeNull();
  });

  test("setQueuePolicy: changes only the given settings", async () => {
    const before = await session.client.getQueuePolicy();
    const change = { cleanupTtlSeconds: 90.5, cleanupLimit: 7, detachMode: "empty" as const };
    await session.client.setQueuePolicy(change);
    expect(await session.client.getQueuePolicy()).toEqual({ ...before, ...change });
    await session.client.setQueuePolicy({});
    expect(await session.client.getQueuePolicy()).toEqual({ ...before, ...change });
  });

  test("setQueuePolicy: throws for an unknown queue", async () => {
    await expect(
      session.client.withQueue("nowhere").setQueuePolicy({ cleanupLimit: 1 }),
    ).rejects.toThrow(QueueNotFoundError);
  });

  test("cleanupTasks: deletes tasks that ended long ago, a batch at a time", async () => {
    const first = await endedTask(later(-1));
    await endedTask();
    const active = await session.client.spawnTask("active");
    await session.setClock(later(61));
    expect(await session.client.cleanupTasks({ ttlSeconds: 62 })).toBe(0);
    expect(await session.client.cleanupTasks({ ttlSeconds: 60, limit: 1 })).toBe(1);
    expect(await session.client.getTaskStatus(first.taskId)).toBeNull();
    expect(await session.client.cleanupTasks({ ttlSeconds: 60 })).toBe(1);
    expect(await session.client.getTaskStatus(active.taskId)).not.toBeNull();
  });

  test("cleanupEvents: deletes old events, and placeholders of awaited ones", async () => {
    await session.setClock(NOON);
    await session.client.emitEvent("old");
    const run = await session.client.spawnTask("job");
    await session.client.claimTasks();
    await session.client.awaitEvent({ ...run, stepName: "s", eventName: "awaited" });
    await session.setClock(later(61));
    expect(await session.client.cleanupEvents({ ttlSeconds: 60, limit: 5 })).toBe(2);
    expect(await session.client.listEvents()).toEqual([]);
    await session.client.emitEvent("awaited", "still heard");
    expect((await session.client.getRunStatus(run.runId))?.eventPayload).toBe("still heard");
  });

  test.each([-1, 1.5, Number.NaN])("cleanups refuse a ttl of %d", async (ttlSeconds) => {
    await expect(session.client.cleanupTasks({ ttlSeconds })).rejects.toThrow(InvalidArgumentError);
    await expect(session.client.cleanupEvents({ ttlSeconds })).rejects.toThrow(
      InvalidArgumentError,
    );
  });

  test("cleanupAllQueues: by each queue's policy, or one queue alone", async () => {
    await endedTask();
    await session.client.emitEvent("old");
    await session.client.setQueuePolicy({ cleanupTtlSeconds: 60 });
    const more = another();
    await more.createQueue();
    await session.setClock(later(61));
    const queueName = session.client.queueName;
    expect(await session.client.cleanupAllQueues({ queueName: more.queueName })).toEqual([
      { queueName: more.queueName, tasksDeleted: 0, eventsDeleted: 0 },
    ]);
    expect(await session.client.cleanupAllQueues()).toContainEqual({
      queueName,
      tasksDeleted: 1,
      eventsDeleted: 1,
    });
  });

  test("cleanupAllQueues: throws for an unknown queue", async () => {
    await expect(session.client.cleanupAllQueues({ queueName: "nowhere" })).rejects.toThrow(
      QueueNotFoundError,
    );
  });

  test("getSchemaVersion: returns the version that the engine reports", async () => {
    const { rows } = await session.db.query("select absurd.get_schema_version() as version");
    expect(await session.client.getSchemaVersion()).toBe(rows[0].version);
  });
});
