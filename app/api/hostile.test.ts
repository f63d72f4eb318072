/**
 * With any data that PostgreSQL can store, every route responds, and everything derived from its response is a proper
 * sentence: no server error, no "Invalid Date", no NaN. ABSURD_LONG tries more values.
 */
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { diagnose } from "@/lib/diagnosis/diagnose";
import { explainSummary } from "@/lib/diagnosis/explain-summary";
import type { TaskDetail, TaskSummary } from "@/lib/model/task";
import { queueSegment } from "@/lib/search-params/queue-segment";
import { createScale } from "@/lib/timeline/axis/scale";
import { listTicks } from "@/lib/timeline/axis/ticks";
import { buildTimeline } from "@/lib/timeline/build-timeline";
import { openTestDatabase } from "@/testing/dashboard-database";
import { type Hostile, storeHostile } from "@/testing/scenes/hostile";

const database = openTestDatabase();
const isLong = Boolean(process.env.ABSURD_LONG);
const SEED = isLong ? Date.now() % 1_000_000 : 20_261_129;

let stored: Hostile;
beforeAll(async () => {
  const client = await database.pool.connect();
  try {
    stored = await storeHostile(client, { seed: SEED, tasks: isLong ? 2_000 : 80 });
  } finally {
    client.release();
  }
}, 600_000);

/** The body of a route's response, after checking that it is well-formed. */
async function fetchRoute(route: string, parameters: Record<string, string>, given = {}) {
  const { GET } = await import(path.join(import.meta.dirname, route, "route.ts"));
  const { queue, ...others } = parameters;
  const params = {
    ...others,
    ...(queue === undefined ? {} : { queue: decodeURIComponent(queueSegment(queue)) }),
  };
  const search = new URLSearchParams(given);
  const response: Response = await GET(new Request(`http://localhost/?${search}`), {
    params: Promise.resolve(params),
  });
  const text = await response.text();
  const where = `${route} ${JSON.stringify(parameters)} ?${search} (seed ${SEED})`;
  if (response.status >= 500) throw new Error(`${where}: ${response.status} ${text}`);
  if (response.headers.get("content-type") !== "application/json; charset=utf-8") return { text };
  const body = JSON.parse(text);
  checkInstants(body, where);
  return body;
}

const INSTANT = /^(-?infinity|(\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/;

/** Every instant in a response is ISO 8601 in UTC or an infinity. */
function checkInstants(value: unknown, where: string): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (
      /[a-z]At$|^(now|at|timeoutAt|nextLeaseEnd)$/.test(key) &&
      typeof inner === "string" &&
      !INSTANT.test(inner)
    )
      throw new Error(`${where}: ${key} is ${inner}`);
    checkInstants(inner, where);
  }
}

/** No composed text shows a value that could not be formatted. User text may contain anything. */
function checkSentence(value: unknown, where: string): void {
  const text = JSON.stringify(value, (_, inner) =>
    typeof inner === "number" && Number.isNaN(inner) ? "NaN!" : inner,
  );
  const broken = /NaN!|Invalid Date|undefined|NaN (d|h|min|s|ms)\b/.exec(text);
  if (broken)
    throw new Error(
      `${where} (seed ${SEED}): ${broken[0]} in …${text.slice(Math.max(broken.index - 200, 0), broken.index + 100)}…`,
    );
}

test.each([
  ["audit", {}],
  ["audit/choices", {}],
  ["bulk", {}],
  ["events", {}],
  ["events", { state: "emitted" }],
  ["failures", { range: "24h" }],
  ["health", {}],
  ["overview/latency", { range: "7d" }],
  ["overview/throughput", { range: "7d" }],
  ["queues", {}],
  ["tasks/count", {}],
  ["tasks/export", {}],
  ["tasks/export", { format: "ndjson" }],
  ["tasks/suggestions", {}],
  ["workers", { range: "24h" }],
  ["workflows", {}],
  ["workflows/definitions", {}],
])("%s with %j", async (route, query) => {
  expect(await fetchRoute(route, {}, query)).not.toHaveProperty("error");
});

test.each([
  [{}],
  [{ sort: "oldest" }],
  [{ sort: "due", state: "pending,running,sleeping" }],
  [{ sort: "attempts", range: "24h" }],
  [{ sort: "duration", range: "24h" }],
  [{ where: "headers.tenant_id:acme" }],
  [{ columns: "params.a,headers.tenant_id,error.message" }],
])("the task list with %j can be paged, and has a sentence on each row", async (query) => {
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page = await fetchRoute(
      "tasks",
      {},
      { ...query, limit: "50", ...(cursor ? { cursor } : {}) },
    );
    expect(page).not.toHaveProperty("error");
    for (const task of page.rows as TaskSummary[])
      checkSentence(explainSummary(task, page.now), `the row of task ${task.taskId}`);
    cursor = page.older;
  }
});

// Each route of each task is requested, which takes long on a busy machine.
const patience = { timeout: isLong ? 1_800_000 : 180_000 };

test("each task has a page, a verdict and a timeline", patience, async () => {
  expect(stored.tasks.length).toBeGreaterThan(40);
  for (const { queue, taskId, runId } of stored.tasks) {
    const at = { queue, taskId };
    const detail: TaskDetail = await fetchRoute("queues/[queue]/tasks/[taskId]", at);
    expect(detail.task.taskId).toBe(taskId);
    const where = `task ${taskId} in ${queue}`;
    checkSentence(diagnose(detail, detail.now), `the verdict of ${where}`);
    const timeline = buildTimeline(detail, detail.now);
    checkSentence(timeline, `the timeline of ${where}`);
    for (const { from, to } of [
      timeline,
      ...timeline.lanes,
      ...timeline.lanes.flatMap((lane) => lane.spans),
    ])
      if (!Number.isFinite(from) || !Number.isFinite(to) || from > to)
        throw new Error(`the timeline of ${where} (seed ${SEED}): from ${from} to ${to}`);
    const scale = createScale(timeline, 1_000, []);
    expect(listTicks(scale).ticks.length).toBeLessThan(50);
    await fetchRoute("queues/[queue]/tasks/[taskId]/related", at);
    const payload = "queues/[queue]/tasks/[taskId]/payload";
    for (const of of ["params", "headers"]) await fetchRoute(payload, at, { of });
    for (const of of ["runResult", "failureReason"])
      await fetchRoute(payload, at, { of, run: runId });
    for (const { name } of detail.checkpoints.slice(0, 2))
      await fetchRoute(payload, at, { of: "checkpoint", name });
  }
});

test("each queue has its figures, tasks and events", patience, async () => {
  for (const queue of stored.queues) {
    const own = await fetchRoute("queues/[queue]/figures", { queue }, { range: "24h" });
    expect(own).not.toHaveProperty("error");
    await fetchRoute("queues/[queue]/events", { queue });
    await fetchRoute("queues/[queue]/maintenance", { queue });
    await fetchRoute("queues/[queue]/count", { queue });
    await fetchRoute("queues/[queue]/usual", { queue }, { name: "work" });
    await fetchRoute("tasks", {}, { queue });
    await fetchRoute("tasks/suggestions", {}, { queue });
  }
  for (const { queue, name } of stored.events) {
    await fetchRoute("queues/[queue]/events/waiters", { queue }, { name });
    await fetchRoute("queues/[queue]/events/payload", { queue }, { name });
  }
});

test("each failure group lists its tasks", patience, async () => {
  const { groups } = await fetchRoute("failures", {}, { range: "7d" });
  for (const { id } of groups)
    await fetchRoute("failures/[group]/tasks", { group: id }, { range: "7d" });
});

test("each workflow run, definition and bulk operation is shown", patience, async () => {
  for (const workflowRunId of stored.workflowRunIds) {
    await fetchRoute("workflows/[workflowRunId]", { workflowRunId });
    await fetchRoute("workflows/[workflowRunId]/definition", { workflowRunId });
    for (const of of ["inputs", "result", "error"])
      await fetchRoute("workflows/[workflowRunId]/payload", { workflowRunId }, { of });
  }
  for (const definitionId of stored.definitionIds)
    await fetchRoute("workflows/definitions/[definitionId]", { definitionId });
  for (const bulkId of stored.bulkIds) {
    await fetchRoute("bulk/[bulkId]", { bulkId });
    await fetchRoute("bulk/[bulkId]/items", { bulkId });
  }
});
