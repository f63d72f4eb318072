import { beforeAll, expect, test, vi } from "vitest";
import { emitEvent } from "@/lib/absurd/events/events";
import { createQueue } from "@/lib/absurd/queues/queues";
import { setCheckpoint } from "@/lib/absurd/runs/checkpoints";
import { claimTasks, completeTask, failTask } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import {
  createWorkflowRun,
  updateWorkflowRunStatus,
} from "@/lib/absurd/workflow-runs/workflow-runs";
import { runAgainAction, spawnTaskAction } from "@/lib/actions/tasks";
import { openTestDatabase } from "@/testing/dashboard-database";

const SECRET = "hunter2";
const queue = "orders";
const database = openTestDatabase({
  settings: { DASHBOARD_REDACT: "password,*.token,headers.authorization,card.number" },
});
vi.spyOn(console, "info").mockImplementation(() => {});

/** The secret under each rule, in arrays, in JSON inside a string, and beside visible values. */
const hiding = {
  seen: "yes",
  password: SECRET,
  list: [{ token: [SECRET] }],
  card: { number: `${SECRET}4111` },
  body: JSON.stringify({ password: SECRET }),
  id: 12345678901234567890n,
};
const large = { ...hiding, padding: "x".repeat(100_000) };
const ids = { done: "", failed: "", run: "", workflow: "", definition: "" };

beforeAll(async () => {
  const { pool } = database;
  await createQueue(pool, queue);
  const headers = { authorization: `Bearer ${SECRET}`, tenant_id: "acme" };
  const done = await spawnTask(pool, queue, "pay", hiding, { headers });
  const [claimed] = await claimTasks(pool, queue);
  const { runId } = claimed ?? { runId: "" };
  for (const [step, state] of Object.entries({ small: hiding, large }))
    await setCheckpoint(pool, queue, {
      taskId: done.taskId,
      stepName: step,
      state,
      ownerRunId: runId,
    });
  await completeTask(pool, queue, runId, large);
  const failed = await spawnTask(pool, queue, "pay", large, { headers, maxAttempts: 1 });
  await claimTasks(pool, queue);
  await failTask(pool, queue, failed.runId, {
    name: "LoginError",
    message: `no login with password=${SECRET}`,
    stack: `at x\n  config: {"card": {"number": "${SECRET}"}, "password": "${SECRET}"}`,
    response: hiding,
  });
  await emitEvent(pool, queue, "paid", hiding);
  const definition = { name: "etl", password: SECRET };
  const root = await spawnTask(pool, queue, "run", { definition });
  const workflow = await createWorkflowRun(pool, queue, {
    workflowName: "etl",
    workflowVersion: "1",
    absurdTaskId: root.taskId,
    inputs: hiding,
    tags: { token: SECRET, seen: "yes" },
  });
  await updateWorkflowRunStatus(pool, workflow, "completed", { result: hiding });
  Object.assign(ids, { done: done.taskId, failed: failed.taskId, run: failed.runId, workflow });
});

type Route = {
  GET: (request: Request, context: { params: Promise<object> }) => Promise<Response>;
};
const routes = import.meta.glob<Route>("./**/route.ts");

/** Queries that select values, by the end of the route. Every route is also requested without a query. */
const QUERIES: Record<string, string[]> = {
  "payload/route.ts": [
    "?of=params",
    "?of=headers",
    "?of=result",
    "?of=inputs",
    "?of=checkpoint&name=large",
    "?of=checkpoint&name=small",
    "?name=paid",
  ],
  "tasks/route.ts": [
    "?columns=params&columns=params.card&columns=params.body&columns=params.list.0&columns=params.password",
    "?columns=error.message&columns=error.response&columns=headers.authorization&columns=headers&columns=result",
  ],
  "export/route.ts": [
    "?columns=params&columns=headers",
    "?format=ndjson&columns=params&columns=error",
  ],
  "search/route.ts": ["?columns=params"],
};

async function load(path: string): Promise<Route["GET"]> {
  const route = await routes[path]?.();
  if (!route) throw new Error(`There is no ${path}`);
  return route.GET;
}

async function listResponses(path: string): Promise<string[]> {
  const GET = await load(path);
  const own = Object.entries(QUERIES).flatMap(([end, queries]) =>
    path.endsWith(end) ? queries : [],
  );
  const texts: string[] = [];
  for (const taskId of [ids.done, ids.failed])
    for (const query of ["", `?of=failureReason&run=${ids.run}`, ...own]) {
      const ended = new AbortController();
      const request = new Request(`http://localhost:3000/api${query}`, { signal: ended.signal });
      const params = { queue, taskId, workflowRunId: ids.workflow, group: "x", bulkId: taskId };
      const response = await GET(request, {
        params: Promise.resolve({ ...params, definitionId: taskId }),
      });
      // A stream ends when its client goes.
      if (response.headers.get("content-type")?.startsWith("text/event-stream")) ended.abort();
      texts.push(await response.text());
    }
  return texts;
}

test.each(Object.keys(routes))("%s never returns a redacted value", async (path) => {
  for (const text of await listResponses(path)) expect(text).not.toContain(SECRET);
});

test("values beside a redacted one are unchanged", async () => {
  const texts = (await listResponses("./queues/[queue]/tasks/[taskId]/payload/route.ts")).map(
    (text) => text.replaceAll(" ", ""),
  );
  expect(texts.some((text) => text.includes('"seen":"yes"'))).toBe(true);
  expect(texts.some((text) => text.includes('"id":12345678901234567890'))).toBe(true);
  expect(texts.some((text) => text.includes('"authorization":"[redacted1]"'))).toBe(true);
});

test("a redacted value cannot be searched for or guessed", async () => {
  const GET = await load("./tasks/route.ts");
  const search = (query: string) =>
    GET(new Request(`http://localhost:3000/api/tasks?${query}`), { params: Promise.resolve({}) });
  for (const where of [
    "params.password:hunter2",
    "params.password>a",
    "params.card.number:1",
    "headers.authorization<z",
    "params.list[].token:hunter2",
  ]) {
    const response = await search(`where=${encodeURIComponent(where)}`);
    expect(response.status, where).toBe(400);
    expect(await response.text()).toContain("cannot be searched");
  }
  expect((await search("where=params.seen:yes")).status).toBe(200);
});

test("redacted paths are not suggested", async () => {
  const GET = await load("./tasks/suggestions/route.ts");
  const response = await GET(new Request("http://localhost:3000/api/tasks/suggestions"), {
    params: Promise.resolve({}),
  });
  const { paths } = (await response.json()) as { paths: { path: string }[] };
  expect(paths.map(({ path }) => path)).toContain("params.seen");
  expect(paths.map(({ path }) => path)).not.toContain("params.password");
});

test("an edited copy keeps the redacted values, and a mask is never stored", async () => {
  const stored = async (taskId: string) => {
    const { rows } = await database.pool.query(
      `select params, headers from absurd.t_${queue} where task_id = $1`,
      [taskId],
    );
    return rows[0];
  };
  const [shown] = await listResponses("./queues/[queue]/tasks/[taskId]/route.ts");
  const { task } = JSON.parse(shown ?? "") as {
    task: Record<"params" | "headers", { text: string }>;
  };
  const params = task.params.text.replace('"yes"', '"edited"');
  const headers = task.headers.text.replace("acme", "other");
  const result = await runAgainAction({ queue, taskId: ids.done, params, headers });
  if (!result.ok) throw new Error(result.error.message);
  const copy = await stored(result.data.newTaskId);
  expect(copy.params).toMatchObject({
    seen: "edited",
    password: SECRET,
    list: [{ token: [SECRET] }],
    card: { number: `${SECRET}4111` },
    body: hiding.body,
  });
  expect(copy.headers).toMatchObject({ authorization: `Bearer ${SECRET}`, tenant_id: "other" });

  const moved = await runAgainAction({
    queue,
    taskId: ids.done,
    params: '{"note":"[redacted 1]"}',
  });
  expect(moved).toMatchObject({ ok: false, error: { code: "redacted_value" } });
  const fresh = await spawnTaskAction({ queue, name: "x", params: '{"password":"[redacted 1]"}' });
  expect(fresh).toMatchObject({ ok: false, error: { code: "redacted_value" } });
  const { rows } = await database.pool.query(
    `select count(*)::int as masks from absurd.t_${queue} where params::text || headers::text like '%redacted%'`,
  );
  expect(rows).toEqual([{ masks: 0 }]);
});
