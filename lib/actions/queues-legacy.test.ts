import { beforeAll, expect, test, vi } from "vitest";
import { downgradeEngine } from "@/lib/absurd/testing/legacy";
import { getQueueMaintenance } from "@/lib/analytics/queue-maintenance";
import { openTestDatabase } from "@/testing/dashboard-database";
import { getCleanupPreview } from "./previews/queues";
import {
  cleanUpQueueAction,
  createQueueAction,
  dropQueueAction,
  setQueuePolicyAction,
} from "./queues";

const database = openTestDatabase();
vi.spyOn(console, "info").mockImplementation(() => {});

beforeAll(() => downgradeEngine(database.pool, "0.3.0"));

const queue = "old";
const create = (name: string, storageMode: "unpartitioned" | "partitioned") =>
  createQueueAction({ queue: name, storageMode });

test("queues are created, cleaned up and dropped on an engine without policies", async () => {
  expect(await create(queue, "unpartitioned")).toMatchObject({ ok: true });
  expect(await getQueueMaintenance(queue)).toMatchObject({ policy: null, partitions: null });
  expect(await getCleanupPreview({ queue, ttlSeconds: 60 })).toMatchObject({
    ok: true,
    data: { tasks: { value: 0 }, events: { value: 0 } },
  });
  expect(
    await cleanUpQueueAction({ queue, ttlSeconds: 60, tasks: true, events: true }),
  ).toMatchObject({ ok: true, data: { done: true } });
  expect(await dropQueueAction({ queue, confirm: queue, acceptActive: false })).toMatchObject({
    ok: true,
  });
});

test("an unsupported action is refused with the version that supports it", async () => {
  await create(queue, "unpartitioned");
  const since = { code: "unsupported", message: expect.stringContaining("0.4.0"), changed: false };
  const policy = { queue, change: { cleanupLimit: 5 }, expected: {} };
  expect(await setQueuePolicyAction(policy)).toMatchObject({ ok: false, error: since });
  expect(await create("cut", "partitioned")).toMatchObject({ ok: false, error: since });
});
