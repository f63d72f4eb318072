import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { getQueueCapabilities } from "./capabilities-of-queue.ts";
import { QueueNotFoundError } from "./errors.ts";
import { createQueue } from "./queues.ts";
import { downgradeEngine } from "./testing/legacy.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const PLAIN = { partitioned: false, idempotencyKey: true, tenantId: false, lastHeartbeat: false };

test("a queue is known by its tables", async () => {
  const { pool } = database;
  await createQueue(pool, 'my "queue"');
  await createQueue(pool, "weekly", { storageMode: "partitioned" });
  expect(await getQueueCapabilities(pool, 'my "queue"')).toEqual(PLAIN);
  expect(await getQueueCapabilities(pool, "weekly")).toEqual({ ...PLAIN, partitioned: true });
  await expect(getQueueCapabilities(pool, "nowhere")).rejects.toThrow(QueueNotFoundError);
});

test("columns that a fork appends are seen", async () => {
  const { pool } = database;
  await createQueue(pool, "forked");
  await pool.query("alter table absurd.t_forked add tenant_id text");
  await pool.query("alter table absurd.r_forked add last_heartbeat timestamptz");
  expect(await getQueueCapabilities(pool, "forked")).toEqual({
    ...PLAIN,
    tenantId: true,
    lastHeartbeat: true,
  });
});

test("before schema 0.0.6 tasks have no idempotency key", async () => {
  const old = await createTestDatabase();
  await downgradeEngine(old.pool, "0.0.5");
  await createQueue(old.pool, "q");
  expect(await getQueueCapabilities(old.pool, "q")).toEqual({ ...PLAIN, idempotencyKey: false });
  await old.drop();
});
