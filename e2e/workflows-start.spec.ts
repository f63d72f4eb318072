import type { Page, Request } from "@playwright/test";
import { WorkflowBuilder } from "../lib/highway/builder/workflow-builder";
import { startWorkflow } from "../lib/highway/run/start";
import { storeWorkflow } from "../lib/highway/run/store";
import { registerHighway } from "../lib/highway/run/worker";
import { expect, test, type Work } from "./support/fixtures";

/** A review that needs an approval, with a name unique to this test. */
async function prepare({ app, pool, queue, startWorker }: Work) {
  const name = `review_${queue.replace(/\W/g, "")}`;
  const workflow = {
    ...new WorkflowBuilder(name, { version: "1.0.0" })
      .task("load", "load", { args: ["{{ inputs.applicant }}", "{{ amount }}"], resultKey: "loan" })
      .parallel("checks", {
        bureau: (branch) => branch.task("ask_bureau", "ask"),
        fraud: (branch) => branch.task("screen", "ask"),
      })
      .waitForEvent("approval", "approval:{{ run.id }}", { resultKey: "decision" })
      .condition(
        "is_approved",
        "{{ decision.approved }}",
        (then) => then.task("pay_out", "pay", { args: ["{{ loan.amount }}"] }),
        (otherwise) => otherwise.task("decline", "pay", { args: [0] }),
      )
      .build(),
    variables: { amount: 1000, express: false },
  };
  registerHighway(app, {
    db: pool,
    queue,
    functions: {
      load: ({ args: [applicant, amount] }) => ({ applicant, amount }),
      ask: () => "fine",
      pay: ({ args: [amount] }) => ({ paid: amount }),
    },
  });
  const definitionId = await storeWorkflow(pool, workflow, { tenantId: `t-${queue}` });
  await startWorker();
  return { name, workflow, definitionId };
}

const node = (page: Page, id: string, state: string) =>
  page.getByRole("button", { name: new RegExp(`^${id}, .*, ${state}`) });

test("a started run is approved by its event, shows its operators' progress and links its tasks", async ({
  page,
  work,
}) => {
  const { name } = await prepare(work);
  await page.goto("/workflows?view=definitions");
  // By keyboard, because other tests store definitions, which would move the row under a pointer.
  await page.getByRole("button", { name: `Start ${name} 1.0.0` }).press("Enter");
  const dialog = page.getByRole("dialog", { name: `Start ${name} 1.0.0` });
  const start = dialog.getByRole("button", { name: "Start run" });
  await expect(start).toBeDisabled();
  await dialog.getByLabel("applicant").fill("Ada");
  await expect(dialog.getByText("Sent as text")).toBeVisible();
  await dialog.getByLabel("amount").fill("twelve");
  await expect(dialog.getByText("Not a number")).toBeVisible();
  await expect(start).toBeDisabled();
  await dialog.getByLabel("amount").fill("2500");
  await dialog.getByLabel("Queue").selectOption(work.queue);
  await dialog.getByLabel("Tags").fill("channel=phone");
  const made = dialog.getByRole("region", { name: "Preview" });
  await expect(made).toContainText('{"amount":2500,"applicant":"Ada"}');
  await expect(made).toContainText("No worker of this queue has claimed");
  await start.click();

  await expect(page).toHaveURL(/\/workflows\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("heading", { name })).toBeVisible();
  await expect(node(page, "ask_bureau", "completed")).toBeVisible();
  await expect(node(page, "approval", "sleeping")).toBeVisible();
  await expect(node(page, "pay_out", "pending")).toBeVisible();
  await expect(page.getByText("channel=phone")).toBeVisible();

  await node(page, "approval", "sleeping").click();
  await page
    .getByRole("region", { name: "Operator approval" })
    .getByRole("button", { name: "Emit event" })
    .click();
  const emit = page.getByRole("dialog", { name: "Emit event" });
  await emit.getByLabel("Payload").fill('{"approved": true}');
  await emit.getByRole("button", { name: "Emit and wake 1" }).click();
  await expect(node(page, "approval", "completed")).toBeVisible();
  await expect(node(page, "pay_out", "completed")).toBeVisible();
  await expect(node(page, "decline", "not run")).toBeVisible();

  const panel = page.getByRole("tabpanel");
  await expect(panel.getByText("checks starts 2 tasks")).toHaveCount(0);
  await page.getByRole("switch", { name: /^Internal steps/ }).click();
  await expect(page).toHaveURL(/bookkeeping=true/);
  await expect(panel.getByText("checks starts 2 tasks")).toBeVisible();
  await page.getByRole("button", { name: "table" }).click();
  const rows = panel.getByRole("row");
  await expect(rows.filter({ hasText: "checks starts 2 tasks" })).toHaveCount(1);
  await expect(rows.filter({ hasText: "approval: approval:" })).toContainText("event wait");
  await page.getByRole("switch", { name: /^Internal steps/ }).click();
  await expect(rows.filter({ hasText: "checks starts 2 tasks" })).toHaveCount(0);

  await node(page, "screen", "completed").click();
  await expect(page).toHaveURL(/node=checks\.fraud(\/|%2F)screen/);
  await page
    .getByRole("region", { name: "Operator screen" })
    .getByRole("link", { name: "Open", exact: true })
    .click();
  await expect(page).toHaveURL(/\/tasks\//);
  await expect(page.getByRole("heading", { name: "highway.workflow.part" })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("region", { name: "Operator screen" })).toBeVisible();
  await expect(node(page, "pay_out", "completed")).toBeVisible();
});

test("a start goes through while its preview is still under way, which it aborts", async ({
  page,
  work,
}) => {
  const { name, definitionId } = await prepare(work);
  await page.goto(`/workflows/definitions/${definitionId}`);
  await page.getByRole("button", { name: `Start ${name} 1.0.0` }).click();
  const dialog = page.getByRole("dialog", { name: `Start ${name} 1.0.0` });
  await dialog.getByLabel("applicant").fill("Ada");
  await dialog.getByLabel("Queue").selectOption(work.queue);
  await expect(dialog.getByRole("region", { name: "Preview" })).toContainText('"applicant":"Ada"');

  // No request from here to the click gets a response, of whatever kind the preview is.
  const held: Request[] = [];
  let isHolding = true;
  await page.route("**/*", (route) => (isHolding ? held.push(route.request()) : route.continue()));
  await dialog.getByLabel("amount").fill("2500");
  const findPreview = () => held.find((request) => request.url().includes("/api/previews/start?"));
  await expect.poll(findPreview).toBeDefined();
  isHolding = false;
  await dialog.getByRole("button", { name: "Start run" }).click();
  await expect(page).toHaveURL(/\/workflows\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("heading", { name })).toBeVisible();
  await expect.poll(() => findPreview()?.failure()?.errorText).toContain("ERR_ABORTED");
});

test("a paused definition cannot be started and shows the reason", async ({ page, work }) => {
  const { name, definitionId } = await prepare(work);
  await page.goto(`/workflows/definitions/${definitionId}`);
  const button = page.getByRole("button", { name: `Start ${name} 1.0.0` });
  await button.click();
  const dialog = page.getByRole("dialog", { name: `Start ${name} 1.0.0` });
  // The form was loaded before the pause and its required input appears after it, so every preview sees the pause.
  await expect(dialog.getByLabel("applicant")).toBeVisible();
  await work.pool.query(
    "update workflow_definition set is_paused = true where definition_id = $1",
    [definitionId],
  );
  await dialog.getByLabel("applicant").fill("Ada");
  await dialog.getByLabel("Queue").selectOption(work.queue);
  await expect(dialog.getByRole("alert")).toContainText("is paused");
  await expect(dialog.getByRole("button", { name: "Start run" })).toBeDisabled();
  await page.reload();
  await expect(button).toBeDisabled();
  await expect(button).toHaveAccessibleDescription("Paused: starts no runs.");
});

test("a graph of three hundred operators can be drawn, moved and selected", async ({
  page,
  work,
}) => {
  const builder = new WorkflowBuilder(`wide_${work.queue.replace(/\W/g, "")}`);
  for (let n = 0; n < 300; n++)
    builder.task(`t${n}`, "f", n === 0 ? {} : { dependencies: [`t${Math.floor((n - 1) / 3)}`] });
  const { workflowRunId } = await startWorkflow(work.pool, work.queue, builder.build());
  await page.goto(`/workflows/${workflowRunId}`);
  const nodes = page.locator("[data-node]");
  await expect(nodes).toHaveCount(300);
  await page.getByRole("button", { name: "Fit" }).click();
  const stage = page.locator("[data-picture]");
  const before = await stage.getAttribute("transform");
  await page.getByRole("button", { name: "Zoom in" }).click();
  await expect(stage).not.toHaveAttribute("transform", before ?? "");
  await page.getByRole("tab", { name: /^Operators/ }).click();
  await page.getByRole("button", { name: "t299", exact: true }).click();
  await expect(page.locator('[data-node="t299"]')).toHaveAttribute("aria-pressed", "true");
  await expect(page.locator('[data-node="t299"]')).toBeInViewport();
});
