import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { queueTables } from "@/lib/db/schema";
import { parsePath } from "@/lib/search-params/tasks/conditions";
import { openTestDatabase } from "@/testing/dashboard-database";
import { list } from "@/testing/reads";
import { getPayload } from "../payloads";
import { getTask } from "../task";
import { getPayloadRoot } from "./payload";

const database = openTestDatabase({
  settings: { DASHBOARD_TENANTS: "acme", DASHBOARD_REDACT: "password" },
});

test("redaction works in a dashboard restricted to tenants", async () => {
  const { pool } = database;
  await createQueue(pool, "orders");
  const params = { password: "hunter2", seen: "yes" };
  const headers = { tenant_id: "acme", password: "hunter2" };
  const { taskId } = await spawnTask(pool, "orders", "pay", params, { headers });
  const { task } = await getTask("orders", taskId);
  expect(task.params).toMatchObject({
    redacted: 1,
    text: '{"seen": "yes", "password": "[redacted 1]"}',
  });
  expect(task.headers?.text).not.toContain("hunter2");
  expect(await getPayload("orders", taskId, { of: "params" })).not.toContain("hunter2");
  const paths = ["params.password", "params", "headers.password", "params.seen"];
  const columns = paths.flatMap((path) => parsePath(path) ?? []);
  const [row] = (await list({ columns })).rows;
  expect(row?.columns).toEqual({
    "params.password": "[redacted 1]",
    params: '{"seen": "yes", "password": "[redacted 1]"}',
    "headers.password": "[redacted 1]",
    "params.seen": "yes",
  });
});

test("a fixed column of the list is redacted too", async () => {
  const { pool } = database;
  await createQueue(pool, "linked");
  const headers = { tenant_id: "acme", workflow_run_id: '{"password":"hunter2"}' };
  await spawnTask(pool, "linked", "pay", {}, { headers });
  const [row] = (await list({ queue: ["linked"] })).rows;
  expect(row?.workflowRunId).toBe("[redacted 1]");
});

test("a JSON expression of unknown kind is refused", () => {
  expect(() => getPayloadRoot(sql`anything`)).toThrow("not known");
  expect(getPayloadRoot(queueTables("orders").checkpoints.state)).toBe("step");
});
