import type { Page } from "@playwright/test";
import { spawnTask } from "../lib/absurd/tasks/spawn";
import {
  createWorkflowRun,
  updateWorkflowRunStatus,
} from "../lib/absurd/workflow-runs/workflow-runs";
import { expect, test, type Work } from "./support/fixtures";
import { watchPolicy } from "./support/policy";

const DEFINITION = {
  name: "loan_review",
  version: "1.0.0",
  start_task: "fetch",
  tasks: {
    fetch: { task_id: "fetch", operator_type: "task", function: "loans.fetch" },
    approval: {
      task_id: "approval",
      operator_type: "wait_for_event",
      event_name: "approval",
      dependencies: ["fetch"],
    },
    pay_out: {
      task_id: "pay_out",
      operator_type: "task",
      function: "loans.pay",
      dependencies: ["approval"],
    },
  },
};

/** A run whose steps have the names of its operators. */
async function startRun({ app, pool, queue, startWorker }: Work, tenantId: string) {
  app.registerTask({ name: "loan" }, async (_params, ctx) => {
    await ctx.step("fetch", async () => ({ amount: 5_000 }));
    await ctx.awaitEvent(`approved:${tenantId}`, { stepName: "approval", timeout: 600 });
    await ctx.step("pay_out", async () => "paid");
    await updateWorkflowRunStatus(pool, id, "completed", { result: { paid: true } });
  });
  const { rows } = await pool.query(
    `insert into workflow_definition (workflow_name, workflow_version, workflow_hash, definition, tenant_id)
     values ($1, $2, 'e2e', $3, $4) returning definition_id as id`,
    [DEFINITION.name, DEFINITION.version, DEFINITION, tenantId],
  );
  const { taskId, runId } = await spawnTask(pool, queue, "loan", {});
  const id = await createWorkflowRun(pool, queue, {
    workflowName: DEFINITION.name,
    workflowVersion: DEFINITION.version,
    definitionId: rows[0].id,
    absurdTaskId: taskId,
    absurdRunId: runId,
    tenantId,
    tags: { channel: "web" },
  });
  await updateWorkflowRunStatus(pool, id, "running");
  await startWorker();
  return { id, taskId };
}

const node = (page: Page, id: string, state: string) =>
  page.getByRole("button", { name: new RegExp(`^${id}, .*, ${state}`) });

test("a waiting run is approved by its event, and its operators complete", async ({
  page,
  work,
}) => {
  const tenant = `t-${work.queue}`;
  const { id, taskId } = await startRun(work, tenant);
  await page.goto(`/workflows?tenant=${tenant}`);
  await page.getByRole("link", { name: "loan_review" }).click();
  await expect(page.getByRole("heading", { name: "loan_review" })).toBeVisible();
  await expect(node(page, "fetch", "completed")).toBeVisible();
  await expect(node(page, "approval", "sleeping")).toBeVisible();
  await expect(node(page, "pay_out", "pending")).toBeVisible();

  await node(page, "fetch", "completed").click();
  await expect(page).toHaveURL(/node=fetch/);
  await expect(page.getByRole("region", { name: "Operator fetch" })).toContainText("5000");

  await work.app.emitEvent(`approved:${tenant}`, { by: "ada" });
  await expect(node(page, "pay_out", "completed")).toBeVisible();
  await expect(page.getByText("completed").first()).toBeVisible();

  await page.getByRole("tab", { name: /^Tasks/ }).click();
  await page.getByRole("tabpanel").getByRole("link", { name: "loan" }).click();
  await expect(page).toHaveURL(new RegExp(taskId));
  await page.goBack();
  await expect(page).toHaveURL(new RegExp(id));
});

test("cancelling a run cancels all its tasks", async ({ page, work }) => {
  const { id, taskId } = await startRun(work, `t-${work.queue}`);
  const child = await spawnTask(
    work.pool,
    work.queue,
    "nobody-runs-this",
    {},
    { workflowRunId: id },
  );
  const violations = watchPolicy(page);
  await page.goto(`/workflows/${id}`);
  await expect(node(page, "approval", "sleeping")).toBeVisible();
  expect(violations).toEqual([]);
  await page.getByRole("button", { name: /^Cancel/ }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("2 tasks will be cancelled");
  await dialog.getByRole("button", { name: "Cancel run" }).click();
  await expect(page.getByText("Workflow run cancelled")).toBeVisible();
  for (const one of [taskId, child.taskId])
    expect((await work.app.fetchTaskResult(one))?.state).toBe("cancelled");
  const { rows } = await work.pool.query(
    "select status from workflow_run where workflow_run_id = $1",
    [id],
  );
  expect(rows).toEqual([{ status: "cancelled" }]);
});
