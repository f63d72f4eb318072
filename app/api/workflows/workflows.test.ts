import { beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { createWorkflowRun } from "@/lib/absurd/workflow-runs/workflow-runs";
import { openTestDatabase } from "@/testing/dashboard-database";
import { GET as definition } from "./[workflowRunId]/definition/route";
import { GET as payload } from "./[workflowRunId]/payload/route";
import { GET as run } from "./[workflowRunId]/route";
import { GET as definitions } from "./definitions/route";
import { GET as list } from "./route";

const database = openTestDatabase();
let id: string;

beforeAll(async () => {
  const { pool } = database;
  await createQueue(pool, "flows");
  const root = await spawnTask(pool, "flows", "run", { definition: { name: "etl" } });
  id = await createWorkflowRun(pool, "flows", {
    workflowName: "etl",
    workflowVersion: "1",
    absurdTaskId: root.taskId,
    inputs: { n: 1 },
    tags: { "a,b": "c" },
  });
});

const get = (path: string) => new Request(`http://localhost:3000/api/workflows${path}`);
const at = (workflowRunId: string) => ({ params: Promise.resolve({ workflowRunId }) });

async function body(response: Response, status = 200) {
  const text = await response.text();
  expect(response.status, text).toBe(status);
  return JSON.parse(text);
}

test("the list takes its filters from the URL, including commas", async () => {
  const page = await body(await list(get(`?name=etl&tag=${encodeURIComponent("a%2Cb=c")}`)));
  expect(page.rows).toMatchObject([{ workflowRunId: id, status: "pending" }]);
  expect((await body(await list(get("?status=odd")), 400)).error.message).toContain("status");
  expect((await body(await list(get("?nmae=etl")), 400)).error.hint).toContain("name");
});

test("a run, its definition and its values are returned", async () => {
  expect(await body(await run(get(`/${id}`), at(id.toUpperCase())))).toMatchObject({
    run: { workflowRunId: id },
    linked: { value: 1 },
  });
  expect(await body(await definition(get(`/${id}/definition`), at(id)))).toMatchObject({
    source: "params",
    text: '{"name": "etl"}',
  });
  expect(await body(await payload(get(`/${id}/payload?of=inputs`), at(id)))).toEqual({ n: 1 });
  expect((await body(await definitions(get("/definitions")))).definitions).toEqual([]);
});

test("a missing target is a 404 and an invalid id a 400", async () => {
  const unknown = "01900000-0000-7000-8000-000000000000";
  const gone = await body(await run(get(`/${unknown}`), at(unknown)), 404);
  expect(gone.error.code).toBe("workflow_run_not_found");
  await body(await run(get("/x"), at("x")), 400);
  await body(await payload(get(`/${id}/payload`), at(id)), 400);
  expect((await body(await payload(get(`/${id}/payload?of=result`), at(id)), 404)).error.code).toBe(
    "payload_not_found",
  );
});
