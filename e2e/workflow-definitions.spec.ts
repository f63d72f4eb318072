import { readFile } from "node:fs/promises";
import { WorkflowBuilder } from "../lib/highway/builder/workflow-builder";
import { storeWorkflow } from "../lib/highway/run/store";
import { expect, test, type Work } from "./support/fixtures";
import { watchPolicy } from "./support/policy";

/** Two versions of a workflow, with a name unique to this test. */
async function prepare({ pool, queue }: Work) {
  const name = `ship_${queue.replace(/\W/g, "")}`;
  const build = (version: string, more: boolean) => {
    const builder = new WorkflowBuilder(name, { version })
      .task("load", "orders.load", { args: ["{{ inputs.id }}"], resultKey: "order" })
      .parallel("pack", {
        parcel: (branch) => branch.task("box", "stock.box"),
        papers: (branch) => branch.task("bill", "ledger.bill"),
      });
    const built = (more ? builder.task("tell", "mail.send") : builder).build();
    return { ...built, description: "Sends an order.", variables: { carrier: "post" } };
  };
  const tenantId = `t-${queue}`;
  const first = await storeWorkflow(pool, build("1.0.0", false), { tenantId });
  const second = await storeWorkflow(pool, build("2.0.0", true), { tenantId, createdBy: "ada" });
  return { name, first, second };
}

test("a stored definition shows its operators and versions, exports them and starts a run", async ({
  page,
  work,
}) => {
  const { name, first, second } = await prepare(work);
  const violations = watchPolicy(page);
  await page.goto("/workflows?view=definitions");
  // By keyboard, because other tests store definitions, which would move the row under a pointer.
  await page.getByRole("link", { name: `${name} 2.0.0`, exact: true }).press("Enter");
  await expect(page).toHaveURL(new RegExp(`/workflows/definitions/${second}`));
  await expect(page.getByRole("heading", { name })).toBeVisible();
  await expect(page.getByText("Sends an order.")).toBeVisible();
  const inputs = page.getByRole("row");
  await expect(inputs.filter({ hasText: "carrier" })).toContainText('"post"');
  await expect(inputs.filter({ hasText: /^id/ })).toContainText("required");

  const box = page.getByRole("button", { name: "box, task", exact: true });
  await box.click();
  await expect(page).toHaveURL(/node=pack\.parcel(\/|%2F)box/);
  await expect(page.getByRole("region", { name: "Operator box" })).toContainText("stock.box");
  await page.reload();
  await expect(page.getByRole("region", { name: "Operator box" })).toContainText("stock.box");
  await page.getByRole("tab", { name: /^Operators/ }).click();
  await expect(page.getByRole("row").filter({ hasText: "tell" })).toContainText("pack");
  expect(violations).toEqual([]);

  for (const [format, text] of [
    ["JSON", '"ledger.bill"'],
    ["YAML", "function: ledger.bill"],
    ["Mermaid", "box"],
    ["Graph (SVG)", "<svg"],
  ] as const) {
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export" }).click();
    await page.getByRole("menuitem", { name: format, exact: true }).click();
    const download = await saved;
    expect(download.suggestedFilename()).toMatch(new RegExp(`^${name}-2\\.0\\.0\\.`));
    expect(await readFile(await download.path(), "utf8")).toContain(text);
  }

  await page.getByRole("tab", { name: /^Versions/ }).click();
  await page.getByRole("link", { name: "1.0.0", exact: true }).click();
  await expect(page).toHaveURL(new RegExp(first));
  await expect(box).toBeVisible();
  await expect(page.getByRole("button", { name: "tell, task", exact: true })).toHaveCount(0);

  await page.getByRole("button", { name: `Start ${name} 1.0.0` }).click();
  const dialog = page.getByRole("dialog", { name: `Start ${name} 1.0.0` });
  await dialog.getByLabel("id").fill("7");
  await dialog.getByLabel("Queue").selectOption(work.queue);
  await dialog.getByRole("button", { name: "Start run" }).click();
  await expect(page).toHaveURL(/\/workflows\/[0-9a-f-]{36}$/);
  await page.getByRole("link", { name: "stored with the run" }).click();
  await expect(page).toHaveURL(new RegExp(first));
});

test("a definition with errors is drawn as far as possible and lists its problems", async ({
  page,
  work,
}) => {
  const name = `broken_${work.queue.replace(/\W/g, "")}`;
  const task = { operator_type: "task", function: "f" };
  const { rows } = await work.pool.query(
    `insert into workflow_definition (workflow_name, workflow_version, workflow_hash, definition, tenant_id)
     values ($1, '1', 'x', $2, $3) returning definition_id as id`,
    [
      name,
      { name, version: "1", tasks: { a: { ...task, task_id: "a", dependencies: ["nowhere"] } } },
      `t-${work.queue}`,
    ],
  );
  await page.goto(`/workflows/definitions/${rows[0].id}`);
  await expect(page.getByRole("button", { name: "a, task", exact: true })).toBeVisible();
  await expect(page.getByRole("region", { name: "Refused at the start" })).toContainText("nowhere");
  await page.getByRole("tab", { name: /^Problems/ }).click();
  await expect(page.getByRole("tabpanel")).toContainText("nowhere");
});

test("an unknown definition id shows not found, and the parent path leads to the list", async ({
  page,
}) => {
  await page.goto("/workflows/definitions/01900000-0000-7000-8000-000000000000");
  await expect(page.getByRole("heading", { name: "Workflow definition not found" })).toBeVisible();
  await page.goto("/workflows/definitions");
  await expect(page.getByRole("tab", { name: /^Definitions/ })).toHaveAttribute(
    "aria-selected",
    "true",
  );
});
