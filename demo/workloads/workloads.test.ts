import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Absurd, type SpawnOptions } from "absurd-sdk";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { headersFor, newOrder } from "@/demo/company";
import { startFleet } from "@/demo/fleet";
import { AGENTS, BILLING, createQueues, MEDIA, ORDERS, WORKFLOWS } from "@/demo/queues";
import { createRandom } from "@/demo/random";
import { parseJson } from "@/lib/absurd/connection/json";
import { queueTable } from "@/lib/absurd/connection/sql";
import { emitEvent } from "@/lib/absurd/events/events";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { WORKLOADS } from "./all";
import { newCharge } from "./payments";

const random = createRandom("test");
let database: TestDatabase;
let folder: string;
let app: Absurd;
let fleet: Awaited<ReturnType<typeof startFleet>>;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(path.join(tmpdir(), "absurd-fleet-"));
  await createQueues(database.pool);
  app = new Absurd({ db: database.pool });
  const member = { concurrency: 8, leaseSeconds: 60, pollSeconds: 0.1 };
  fleet = await startFleet({
    databaseUrl: database.url,
    logFile: path.join(folder, "workers.log"),
    withTraffic: false,
    members: [
      { ...member, name: "orders-1", queue: ORDERS },
      { ...member, name: "agents-1", queue: AGENTS },
      { ...member, name: "billing-1", queue: BILLING },
      { ...member, name: "media-1", queue: MEDIA, concurrency: 1, leaseSeconds: 2 },
    ],
  });
});
afterAll(async () => {
  await fleet.stop();
  await database.drop();
  await rm(folder, { recursive: true });
});

type TaskState = { state: string; attempts: number; result: never; runs: RunState[] };
type RunState = { state: string; wake: string | null; failure: Record<string, string> | null };

async function read(queue: string, taskId: string): Promise<TaskState> {
  const { rows } = await database.pool.query(
    `select t.state, t.attempts, t.completed_payload as result,
            (select json_agg(json_build_object('state', r.state, 'wake', r.wake_event, 'failure', r.failure_reason)
                             order by r.attempt)
             from ${queueTable("r", queue)} r where r.task_id = t.task_id) as runs
     from ${queueTable("t", queue)} t where task_id = $1`,
    [taskId],
  );
  return rows[0];
}

/** Spawns a task and waits until it has the given state; for `sleeping`, until it waits for an event. */
async function reach(
  state: string,
  queue: string,
  name: string,
  params: unknown,
  options: SpawnOptions = {},
): Promise<TaskState & { taskId: string }> {
  const { taskID } = await app.spawn(name, params, { queue, ...options });
  await vi.waitUntil(
    async () => {
      const task = await read(queue, taskID);
      return task.state === state && (state !== "sleeping" || task.runs.at(-1)?.wake);
    },
    { timeout: 25_000, interval: 100 },
  );
  return { ...(await read(queue, taskID)), taskId: taskID };
}

async function checkpoints(queue: string, taskId: string): Promise<string[]> {
  const { rows } = await database.pool.query(
    `select checkpoint_name as name from ${queueTable("c", queue)} where task_id = $1 order by updated_at`,
    [taskId],
  );
  return rows.map(({ name }) => name);
}

describe.concurrent("workers", () => {
  const order = () => ({ ...newOrder(random, new Date(Date.now() + random.int(1, 1e9))) });

  test("an order is shipped when the warehouse has packed it", async () => {
    const task = await reach("completed", ORDERS, "fulfil-order", { ...order(), pickSeconds: 1 });
    expect(task.result).toMatchObject({ status: "shipped" });
    expect(await checkpoints(ORDERS, task.taskId)).toContain("hand-to-warehouse");
  });

  test("an express order that is not packed in time is escalated", async () => {
    const params = { ...order(), shipping: "express", packWithinSeconds: 1 };
    const task = await reach("completed", ORDERS, "fulfil-order", params);
    expect(task.result).toMatchObject({ status: "escalated" });
  });

  test("an order without stock waits until its event is emitted", async () => {
    const params = order();
    const { taskId } = await reach("sleeping", ORDERS, "fulfil-order", params);
    await emitEvent(database.pool, ORDERS, `shipment.packed:${params.orderId}`, {
      parcelId: "P-by-hand",
    });
    await vi.waitUntil(async () => (await read(ORDERS, taskId)).state === "completed", {
      timeout: 20_000,
    });
    expect((await read(ORDERS, taskId)).result).toMatchObject({ parcelId: "P-by-hand" });
  });

  test("a slow supplier reaches max_duration between two sleeps", async () => {
    const params = { supplier: "alpenstoff", tenant: "nordlys", pages: 9, pauseSeconds: 1 };
    const task = await reach("cancelled", ORDERS, "sync-supplier-catalogue", params, {
      cancellation: { maxDuration: 2 },
    });
    expect(task.runs).toMatchObject([{ state: "cancelled" }]);
    expect(await checkpoints(ORDERS, task.taskId)).toContain("respect-rate-limit#2");
  });

  const charge = (fault: string, failures: number) => ({
    ...newCharge(random, order()),
    provider: { fault, failures },
  });
  const quick: SpawnOptions = {
    maxAttempts: 3,
    retryStrategy: { kind: "exponential", baseSeconds: 0.2 },
  };

  test("a payment recovers after two failures", async () => {
    const task = await reach("completed", BILLING, "charge-card", charge("timeout", 2), quick);
    expect(task.attempts).toBe(3);
    expect(task.runs.map((run) => run.state)).toEqual(["failed", "failed", "completed"]);
  });

  test.each([
    ["declined", "CardDeclinedError"],
    ["rate-limited", "RateLimitedError"],
    ["maintenance-page", "SyntaxError"],
    ["missing-field", "TypeError"],
    ["unreachable", "Error"],
  ])("a payment that is always %s exhausts its attempts with %s", async (fault, name) => {
    const task = await reach("failed", BILLING, "charge-card", charge(fault, 99), quick);
    expect(task.attempts).toBe(3);
    for (const run of task.runs) {
      expect(run.failure).toMatchObject({ name });
      expect(run.failure?.stack).toMatch(
        fault === "unreachable" ? /ECONNREFUSED/ : /gateway\.ts:\d/,
      );
    }
  });

  test("a refund whose retry would come too late is cancelled, with the failure on its run", async () => {
    const task = await reach("cancelled", BILLING, "refund-payment", charge("timeout", 99), {
      retryStrategy: { kind: "fixed", baseSeconds: 5 },
      cancellation: { maxDuration: 2 },
    });
    expect(task.runs).toMatchObject([
      { state: "failed", failure: { name: "GatewayTimeoutError" } },
    ]);
  });

  test("a wholesale order awaits its payments in another queue", async () => {
    const params = {
      orderId: "W-1",
      tenant: "okonkwo",
      charges: [1, 2, 3].map(() => charge("none", 0)),
    };
    const headers = headersFor("okonkwo", random);
    const task = await reach("completed", ORDERS, "wholesale-order", params, { headers });
    expect(task.result).toMatchObject({ paid: 3 });
    const children = await database.pool.query(
      `select from ${queueTable("t", BILLING)} where headers->>'parent_task_id' = $1 and headers->>'workflow_run_id' = $2`,
      [task.taskId, headers.workflow_run_id],
    );
    expect(children.rowCount).toBe(3);
  });

  test("a report sleeps until its cut-offs, once per key", async () => {
    const cutOffs = [1, 2].map((s) => new Date(Date.now() + s * 1_000).toISOString());
    const params = { tenant: "obrien", period: "test", cutOffs };
    const options = { queue: BILLING, idempotencyKey: "settlement:test" };
    const task = await reach("completed", BILLING, "hourly-settlement", params, options);
    expect(await checkpoints(BILLING, task.taskId)).toContain("wait-for-bank-cut-off#2");
    const again = await app.spawn("hourly-settlement", params, options);
    expect(again).toMatchObject({ taskID: task.taskId, created: false });
  });

  test("a task without parameters stores JSON null and SQL NULL for its step", async () => {
    const { taskId, result } = await reach("completed", BILLING, "rotate-signing-keys", null);
    expect(result).toBeNull();
    const { rows } = await database.pool.query(
      `select t.params = 'null' as json, c.state is null as sql
       from ${queueTable("t", BILLING)} t join ${queueTable("c", BILLING)} c using (task_id) where task_id = $1`,
      [taskId],
    );
    expect(rows).toEqual([{ json: true, sql: true }]);
  });

  test("an agent writes one checkpoint per step, under repeated names", async () => {
    const params = {
      conversationId: "C-1",
      tenant: "nordlys",
      customer: "Ada",
      turns: 25,
      stepSeconds: 0,
    };
    const task = await reach("completed", AGENTS, "support-agent", params);
    const names = await checkpoints(AGENTS, task.taskId);
    expect(names).toHaveLength(51);
    expect(names).toContain("llm-call#25");
  });

  test("an agent continues without approval after a timeout", async () => {
    const params = {
      conversationId: "C-2",
      tenant: "nordlys",
      customer: "Ada",
      turns: 1,
      stepSeconds: 0,
    };
    const task = await reach("completed", AGENTS, "support-agent", {
      ...params,
      approvalSeconds: 1,
    });
    expect(task.result).toMatchObject({ approved: "nobody answered" });
  });

  test("a document of two megabytes is processed", async () => {
    const content = "é<script>\u2028".repeat(150_000);
    const task = await reach("completed", AGENTS, "index-document", { title: "T", content });
    expect((task.result as { chunks: unknown[] }).chunks).toHaveLength(200);
  });
});

// There is only one slot, so these run one after the other.
test("heartbeats extend a lease that is shorter than the work, and a preview that waited too long is dropped", async () => {
  const video = app.spawn(
    "transcode-video",
    { videoId: "V-1", segments: 4, segmentSeconds: 1 },
    { queue: MEDIA },
  );
  const { taskID } = await video;
  await vi.waitUntil(async () => (await read(MEDIA, taskID)).state === "running", {
    timeout: 10_000,
  });
  await reach("cancelled", MEDIA, "live-preview", {}, { cancellation: { maxDelay: 1 } });
  await vi.waitUntil(async () => (await read(MEDIA, taskID)).state === "completed", {
    timeout: 15_000,
  });
  expect(await read(MEDIA, taskID)).toMatchObject({ attempts: 1 });
});

test("a picture kills its worker, and the next process finishes it after the lease expired", async () => {
  const before = fleet.pids();
  const task = await reach("completed", MEDIA, "render-thumbnails", {
    imageId: "I-1",
    megapixels: 1_200,
    workerMemoryMegapixels: 500,
  });
  expect(task.runs).toMatchObject([
    { state: "failed", failure: { name: "$ClaimTimeout", workerId: `media-1:${before[3]}` } },
    { state: "completed" },
  ]);
});

test("large integers arrive exactly in params, headers and events", async () => {
  await WORKLOADS.ledger?.arrive({ app, pool: database.pool, random: createRandom("all-events") });
  const table = (prefix: "t" | "e") => queueTable(prefix, BILLING);
  const { rows } = await database.pool.query(
    `select params::text as params, headers->>'sequence' as sequence from ${table("t")} where task_name = 'post-ledger-entry'`,
  );
  const { entryId } = parseJson(rows[0].params) as { entryId: bigint };
  expect(String(entryId)).toBe(rows[0].sequence);
  expect(BigInt(Number(entryId))).not.toBe(entryId);
});

test("every workload spawns tasks whose names its workers have registered", async () => {
  const seed = createRandom("arrivals");
  for (const workload of Object.values(WORKLOADS))
    for (let round = 0; round < 3; round++)
      await workload.arrive({ app, pool: database.pool, random: seed });
  const names = new Set<string>();
  const register = { registerTask: ({ name }: { name: string }) => names.add(name) };
  for (const workload of Object.values(WORKLOADS))
    workload.register(register as unknown as Absurd, database.pool);
  names.add("refresh-embeddings-v2");
  for (const queue of [ORDERS, AGENTS, BILLING, MEDIA, WORKFLOWS]) {
    const { rows } = await database.pool.query(
      `select distinct task_name as name from ${queueTable("t", queue)}`,
    );
    expect([...names]).toEqual(expect.arrayContaining(rows.map(({ name }) => name)));
  }
});
