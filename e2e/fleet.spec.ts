import { expect, type Page, test } from "@playwright/test";
import type { Client } from "pg";
import { type Dashboard, startDashboard } from "./support/dashboard";
import { type Copies, connectTo, createCopies, databaseUrl } from "./support/databases";
import { open } from "./support/open";

/**
 * Three databases behind one dashboard at a base path. The second is a copy of the first, so that an action sent to the
 * wrong database finds the same task there. Nothing listens at the third.
 */
test.describe.configure({ mode: "serial" });

let dashboard: Dashboard;
let base: string;
let copies: Copies;
const clients: Client[] = [];

test.beforeAll(async () => {
  copies = await createCopies(2);
  const [eu = "", us = ""] = copies.names;
  clients.push(await connectTo(eu), await connectTo(us));
  dashboard = await startDashboard({
    BASE_PATH: "/ops",
    DATABASES: JSON.stringify([
      { name: "eu", url: databaseUrl(eu), label: "Europe", colour: "blue" },
      { name: "us", url: databaseUrl(us), label: "America", colour: "red" },
      { name: "gone", url: "postgresql://nobody@127.0.0.1:9/gone" },
    ]),
  });
  base = `${dashboard.url}/ops`;
});

test.afterAll(async () => {
  await dashboard?.stop();
  for (const client of clients) await client.end();
});

/** The task's state and the recorded actions, in the first and in the second database. */
function listChanges() {
  return Promise.all(
    clients.map(async (client) => {
      const { queue, taskId } = copies;
      const task = await client.query(`select state from absurd."t_${queue}" where task_id = $1`, [
        taskId,
      ]);
      const record = await client.query("select action from absurd_dashboard.audit_entry");
      return [task.rows[0].state, ...record.rows.map(({ action }) => action)].join(" ");
    }),
  );
}

const taskPage = (name: string) =>
  `${base}/d/${name}/queues/${copies.queue}/tasks/${copies.taskId}`;

async function openCancel(page: Page, name: string) {
  await open(page, taskPage(name));
  await page
    .getByRole("button", { name: /^Cancel/ })
    .first()
    .click();
  await expect(page.getByRole("dialog")).toContainText("charge-card");
}

test("I act in two tabs on copies of one task, and each action reaches the database of its tab", async ({
  page,
  context,
}) => {
  const other = await context.newPage();
  await openCancel(page, "eu");
  await openCancel(other, "us");
  await expect(page).toHaveTitle(/· Europe · Absurd$/);
  await expect(other).toHaveTitle(/· America · Absurd$/);
  await expect(other.getByRole("link", { name: "Database America, all databases" })).toBeVisible();

  // The tab that was opened first acts first, after the other one has been opened.
  const confirm = (tab: Page) =>
    tab.getByRole("dialog").getByRole("button", { name: "Cancel task" }).click();
  await confirm(page);
  await expect(page.getByText("Task cancelled")).toBeVisible();
  expect(await listChanges()).toEqual(["cancelled cancel task", "pending"]);
  await confirm(other);
  await expect(other.getByText("Task cancelled")).toBeVisible();
  expect(await listChanges()).toEqual(["cancelled cancel task", "cancelled cancel task"]);
});

test("I stay in a database when I navigate with links, keys and the palette", async ({ page }) => {
  await open(page, taskPage("us"));
  const side = page.getByRole("navigation", { name: "Main" });
  await side.getByRole("link", { name: "Queues" }).click();
  await expect(page).toHaveURL(`${base}/d/us/queues`);
  await expect(side.getByRole("link", { name: "Queues" })).toHaveAttribute("aria-current", "page");
  await page
    .getByRole("main")
    .getByRole("link", { name: copies.queue, exact: true })
    .first()
    .click();
  await expect(page).toHaveURL(new RegExp(`^${base}/d/us/queues/${copies.queue}`));
  await open(page, `${base}/d/us/queues`);
  await page.keyboard.press("g");
  await page.keyboard.press("o");
  await expect(page).toHaveURL(new RegExp(`^${base}/d/us$`));
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("combobox", { name: /^Id, queue/ }).fill(copies.taskId);
  await page.getByRole("option", { name: /charge-card/ }).click();
  await expect(page).toHaveURL(taskPage("us"));
  await page.goto(`${base}/d/us/workflows/definitions`);
  await expect(page).toHaveURL(`${base}/d/us/workflows?view=definitions`);
});

test("I see all databases at a glance, even while one of them is unreachable", async ({ page }) => {
  await page.goto(`${base}/`);
  await expect(page).toHaveURL(`${base}/fleet`);
  await expect(page.getByText("2 of 3 databases read")).toBeVisible();
  const line = (name: string) => page.getByRole("row").filter({ hasText: name });
  await expect(line("Europe")).toContainText("All clear");
  await expect(line("gone")).toContainText("Nothing accepts connections");
  await expect(line("The 2 databases that could be read")).toContainText("2");

  await page.getByLabel("Id of a task, attempt or workflow run").fill(copies.taskId);
  await page.getByRole("button", { name: "Find" }).click();
  await expect(page.getByRole("link", { name: "charge-card" })).toHaveCount(2);
  await expect(page.getByText(/^gone: /)).toBeVisible();
  await page.getByRole("link", { name: "charge-card" }).last().click();
  await expect(page).toHaveURL(taskPage("us"));
  await expect(
    page.getByRole("main").getByText("cancelled", { exact: true }).first(),
  ).toBeVisible();
  await page.getByRole("link", { name: "Database America, all databases" }).click();
  await expect(page).toHaveURL(`${base}/fleet`);
});

test("A URL that names no database never reaches one", async ({ page, request }) => {
  for (const path of ["/api/queues", "/api/tasks", "/d/nowhere/api/queues"]) {
    const response = await request.get(`${base}${path}`, {
      headers: { "x-absurd-database": "eu" },
    });
    expect([path, response.status()]).toEqual([path, 404]);
    expect(await response.json()).toMatchObject({ error: { code: "database_not_found" } });
  }
  await page.goto(`${base}/queues/${copies.queue}/tasks/${copies.taskId}`);
  await expect(page).toHaveURL(`${base}/fleet?id=${copies.taskId}`);
  expect((await page.goto(`${base}/d/nowhere/tasks`))?.status()).toBe(404);
  // Only the URL determines the database, not what a browser sends about it.
  const setup = await request.get(`${base}/d/us/api/setup`, {
    headers: { "x-absurd-database": "eu" },
  });
  expect((await setup.json()).database.name).toBe(copies.names[1]);
  const health = await request.get(`${base}/api/health`);
  expect(await health.json()).toMatchObject({ database: "up", databases: { up: 2, all: 3 } });
  expect((await request.get(`${base}/api/health/ready`)).status()).toBe(200);
});
