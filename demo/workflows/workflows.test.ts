/** The demo's workflows run as docs/demo.md describes, for any random choices. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { getWorkflowRun } from "@/lib/absurd/workflow-runs/workflow-runs";
import { validateWorkflow } from "@/lib/highway/model/checks/validate";
import type { Workflow } from "@/lib/highway/model/workflow";
import { Bench } from "@/lib/highway/testing/bench";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { catalogueEtl } from "./catalogue-etl";
import { creditReview } from "./credit-review";
import { WORKFLOW_FUNCTIONS } from "./functions";
import { supplierImport } from "./supplier-import";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function play(workflow: Workflow, inputs: Record<string, string | number>) {
  expect(validateWorkflow(workflow)).toEqual([]);
  await createQueue(database.pool, workflow.name);
  const bench = new Bench(database.pool, workflow.name, { functions: WORKFLOW_FUNCTIONS });
  const { taskId, workflowRunId } = await bench.start(workflow, { inputs });
  const result = await bench.finish(taskId, (event) =>
    event.startsWith("approval:") ? { approved: true, by: "test" } : undefined,
  );
  const run = await getWorkflowRun(database.pool, workflowRunId);
  return { status: run?.status, ...(result as { operators: Record<string, string> }) };
}

test.concurrent("the catalogue import completes", async () => {
  const { status, operators } = await play(catalogueEtl, { batches: 1 });
  expect(status).toBe("completed");
  expect(operators).toMatchObject({
    all_extracted: "completed",
    "load_batches[0]/upsert": "completed",
    "until_indexed[2]/poll_index": "completed",
    announce: "completed",
  });
}, 60_000);

test.concurrent("a loan is decided", async () => {
  const { status, operators } = await play(creditReview, { merchant: "Nordlys" });
  expect(status).toBe("completed");
  expect(operators.tell_merchant).toBe("completed");
  const decided = ["approve", "record_decision", "decline"].filter(
    (id) => operators[id] === "completed",
  );
  expect(decided).toHaveLength(1);
}, 60_000);

test.concurrent("the import fails, its handler notifies the buyers, and the session is closed", async () => {
  const { status, operators } = await play(supplierImport, { supplier: "ALPS" });
  expect(status).toBe("failed");
  expect(operators).toMatchObject({
    reconcile: "failed",
    alert_buyers: "completed",
    publish: "upstream_failed",
    close_session: "completed",
  });
}, 60_000);
