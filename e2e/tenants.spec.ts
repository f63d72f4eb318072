import { spawnTask } from "../lib/absurd/tasks/spawn";
import { createWorkflowRun } from "../lib/absurd/workflow-runs/workflow-runs";
import { type Dashboard, startDashboard } from "./support/dashboard";
import { expect, test } from "./support/fixtures";

let restricted: Dashboard;

test.beforeAll(async () => {
  restricted = await startDashboard({
    DATABASE_URL: process.env.E2E_DATABASE_URL ?? "",
    DASHBOARD_TENANTS: "acme",
  });
});
test.afterAll(() => restricted.stop());

const headers = (tenant: string) => ({ headers: { tenant_id: tenant } });

test("a dashboard for one tenant shows and finds only its tasks", async ({ page, work }) => {
  const { pool, queue } = work;
  const own = await spawnTask(pool, queue, "acme-order", {}, headers("acme"));
  const other = await spawnTask(pool, queue, "globex-order", {}, headers("globex"));
  await spawnTask(pool, queue, "nobodys-order", {});

  await page.goto(`${restricted.url}/queues/${queue}/tasks`);
  await expect(page.getByText("Restricted to acme")).toBeVisible();
  await expect(page.getByRole("link", { name: /acme-order/ })).toBeVisible();
  await expect(page.getByText(/globex|nobodys/)).toHaveCount(0);

  await page.goto(`${restricted.url}/queues/${queue}/tasks/${own.taskId}`);
  await expect(page.getByRole("heading", { name: "acme-order" })).toBeVisible();

  // Another tenant's task is indistinguishable from one that doesn't exist.
  const unknown = "01900000-0000-7000-8000-000000000000";
  const texts = [];
  for (const id of [other.taskId, unknown]) {
    await page.goto(`${restricted.url}/queues/${queue}/tasks/${id}`);
    await expect(page.getByRole("heading", { name: "Task not found" })).toBeVisible();
    texts.push((await page.locator("[data-read-error]").innerText()).replaceAll(id, "…"));
  }
  expect(texts[0]).toBe(texts[1]);

  await page.keyboard.press("Control+k");
  const box = page.getByRole("dialog").getByRole("combobox");
  await box.fill(other.taskId);
  await expect(page.getByRole("dialog").getByText("globex-order")).toHaveCount(0);
});

test("figures and actions across tenants are neither shown nor offered", async ({ page, work }) => {
  await page.goto(`${restricted.url}/queues/${work.queue}`);
  await expect(page.getByText("cover all tenants of the queue")).toBeVisible();
  await expect(page.getByRole("button", { name: "Spawn" })).toBeVisible();
  for (const name of ["Drop", "Clean up"])
    await expect(page.getByRole("button", { name, exact: true })).toHaveCount(0);
  await page.goto(`${restricted.url}/queues`);
  await expect(page.getByRole("link", { name: work.queue, exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Create queue" })).toHaveCount(0);
});

test("a task spawned in a tenant's dashboard belongs to the tenant, and a worker runs it", async ({
  page,
  work,
}) => {
  work.app.registerTask({ name: "greet" }, async () => "done");
  await work.startWorker();
  await page.goto(`${restricted.url}/queues/${work.queue}`);
  await page.getByRole("button", { name: "Spawn" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("greet");
  await dialog.getByRole("button", { name: "Spawn", exact: true }).click();
  await expect
    .poll(async () => {
      const { rows } = await work.pool.query(
        `select state, headers ->> 'tenant_id' as tenant from absurd."t_${work.queue}"`,
      );
      return rows;
    })
    .toEqual([{ state: "completed", tenant: "acme" }]);
});

test("workflow runs of other tenants are not listed or served", async ({ page, work }) => {
  const ids = [];
  for (const tenantId of ["acme", "globex"]) {
    const { taskId } = await spawnTask(work.pool, work.queue, "root", {}, headers(tenantId));
    ids.push(
      await createWorkflowRun(work.pool, work.queue, {
        ...{ workflowName: `${tenantId}_flow`, workflowVersion: "1", tenantId },
        absurdTaskId: taskId,
      }),
    );
  }
  await page.goto(`${restricted.url}/workflows`);
  await expect(page.getByRole("link", { name: /acme_flow/ }).first()).toBeVisible();
  await expect(page.getByText("globex_flow")).toHaveCount(0);
  const response = await page.request.get(`${restricted.url}/api/workflows/${ids[1]}`);
  expect(response.status()).toBe(404);
});

test("failures can be filtered by tenant in the URL", async ({ page, work }) => {
  work.app.registerTask({ name: "charge" }, async () => {
    throw new Error("declined");
  });
  for (const tenant of ["acme", "globex"])
    await spawnTask(work.pool, work.queue, "charge", {}, { ...headers(tenant), maxAttempts: 1 });
  await work.startWorker();
  await expect
    .poll(async () => {
      const { rows } = await work.pool.query(
        `select count(*)::int as n from absurd."t_${work.queue}" where state = 'failed'`,
      );
      return rows[0].n;
    })
    .toBe(2);
  await page.goto(`/failures?queue=${work.queue}`);
  await expect(page.getByText("2 failed attempts")).toBeVisible();
  await page.getByLabel("Tenant").selectOption("globex");
  await expect(page).toHaveURL(/tenant=globex/);
  await expect(page.getByText("1 failed attempt ")).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Tenant")).toHaveValue("globex");
});

test("the figures of overview, queues and a queue can be filtered by tenant, and their links keep the filter", async ({
  page,
  work,
}) => {
  const { pool, queue } = work;
  for (const [tenant, times] of [
    ["acme", 3],
    ["globex", 2],
  ] as const)
    for (let n = 0; n < times; n++)
      await spawnTask(pool, queue, `${tenant}-job`, {}, headers(tenant));
  const row = page.getByRole("row").filter({ hasText: queue });

  await page.goto("/queues");
  await expect(row.getByRole("cell").nth(1)).toHaveText("5");
  await page.getByLabel("Tenant").selectOption("globex");
  await expect(page).toHaveURL(/tenant=globex/);
  await expect(row.getByRole("cell").nth(1)).toHaveText("2");
  await page.reload();
  await expect(row.getByRole("cell").nth(1)).toHaveText("2");
  await row.getByRole("link", { name: queue, exact: true }).click();

  await expect(page).toHaveURL(new RegExp(`/queues/${queue}\\?tenant=globex`));
  const pending = page.getByRole("link", { name: /^pending/ });
  await expect(pending).toContainText("2");
  await page.getByLabel("Tenant").selectOption("");
  await expect(pending).toContainText("5");
  await page.getByLabel("Tenant").selectOption("acme");
  await expect(pending).toContainText("3");
  await pending.click();
  await expect(page).toHaveURL(/state=pending.*tenant=acme/);
  await expect(page.getByRole("link", { name: /acme-job/ })).toHaveCount(3);
  await expect(page.getByText("globex-job")).toHaveCount(0);

  await page.goto("/?tenant=acme");
  await expect(page.getByLabel("Tenant")).toHaveValue("acme");
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await page.getByRole("link", { name: "All queues" }).click();
  await expect(page).toHaveURL(/\/queues\?tenant=acme/);
});
