import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { startDashboard } from "./support/dashboard";
import { expect, test } from "./support/fixtures";
import { startSwitch } from "./support/switch";

const PAGES = [
  "/",
  "/queues",
  "/tasks",
  "/failures",
  "/events",
  "/workers",
  "/workflows",
  "/bulk",
  "/audit",
];

/** Texts shown for a database without Absurd, or without the dashboard's own tables. */
const MISSING = /no absurd schema|keeps no workflow runs|not installed/i;

test("when the database is lost, the last data stays on screen, and the page recovers automatically", async ({
  page,
  work,
}) => {
  const way = await startSwitch(process.env.E2E_DATABASE_URL ?? "");
  const dashboard = await startDashboard({ DATABASE_URL: way.url });
  try {
    await work.app.spawn("kept", {}, { queue: work.queue });
    await page.goto(`${dashboard.url}/queues/${work.queue}/tasks`);
    await expect(page.locator("a[data-row]")).toHaveText("kept");
    await way.cut();
    await expect(page.getByText(/Connection to the database lost/)).toBeVisible({
      timeout: 30_000,
    });
    await expect(page.locator("a[data-row]")).toHaveText("kept");
    const dimmed = page.getByRole("main").locator(".opacity-60");
    await expect(dimmed).toHaveCount(1);
    const getHealth = () => page.request.get(`${dashboard.url}/api/health`);
    await expect.poll(async () => (await getHealth()).status()).toBe(503);
    // The preview of an action fails, and the dialog shows the reason.
    await page.getByRole("button", { name: "Bulk", exact: true }).click();
    await page.getByRole("radio", { name: "Cancel", exact: true }).check();
    await expect(page.getByRole("dialog")).toContainText(
      /database (is|can|does|did)|accepts connections/i,
    );
    await page.keyboard.press("Escape");
    await way.mend();
    await expect(page.getByText(/Connection to the database lost/)).toBeHidden({ timeout: 30_000 });
    await expect(dimmed).toHaveCount(0);
  } finally {
    await dashboard.stop();
    await way.cut();
  }
});

test("every page works when the dashboard starts without a database", async ({ page, work }) => {
  const way = await startSwitch(process.env.E2E_DATABASE_URL ?? "");
  await way.cut();
  const dashboard = await startDashboard({ DATABASE_URL: way.url });
  try {
    for (const path of [...PAGES, work.taskUrl(randomUUID()), `/workflows/${randomUUID()}`]) {
      await page.goto(`${dashboard.url}${path}`);
      await expect(page.getByText("Database unavailable").first(), path).toBeVisible();
    }
    await page.goto(`${dashboard.url}/queues`);
    await way.mend();
    await expect(page.getByRole("table")).toBeVisible({ timeout: 30_000 });
  } finally {
    await dashboard.stop();
    await way.cut();
  }
});

test("with a database without Absurd, pages show what is missing and change nothing", async ({
  page,
}) => {
  const server = new Client({ connectionString: process.env.E2E_SERVER_URL });
  await server.connect();
  await server.query("create database without_absurd");
  const url = new URL(process.env.E2E_SERVER_URL ?? "");
  url.pathname = "/without_absurd";
  const dashboard = await startDashboard({ DATABASE_URL: url.href });
  try {
    for (const path of PAGES) {
      await page.goto(`${dashboard.url}${path}`);
      await expect(page.getByRole("main").getByText(MISSING).first(), path).toBeVisible();
    }
    const database = new Client({ connectionString: url.href });
    await database.connect();
    const { rows } = await database.query(
      "select nspname from pg_namespace where nspname !~ '^pg_' and nspname not in ('information_schema', 'public')",
    );
    await database.end();
    expect(rows).toEqual([]);
  } finally {
    await dashboard.stop();
    await server.query("drop database without_absurd with (force)");
    await server.end();
  }
});
