/**
 * Three databases behind one dashboard, one of which stops responding and returns: first an ordinary one, then the one
 * with the sessions.
 */
import { expect, type Page, test } from "@playwright/test";
import { startTcpProxy, type TcpProxy } from "../../testing/installed/tcp-proxy";
import { type Dashboard, startDashboard } from "../support/dashboard";
import { type Copies, createCopies, databaseUrl } from "../support/databases";
import { open } from "../support/open";

test.describe.configure({ mode: "serial" });

const TOKEN = "correct-horse-battery-staple";
/** Maximum delay for other databases, in milliseconds: far below the timeouts after which a silent one is given up. */
const SLOW = 4_000;

let dashboard: Dashboard;
let copies: Copies;
let home: TcpProxy;
let other: TcpProxy;

test.beforeAll(async () => {
  const port = Number(new URL(process.env.E2E_SERVER_URL ?? "").port);
  [copies, home, other] = await Promise.all([
    createCopies(3),
    startTcpProxy(port),
    startTcpProxy(port),
  ]);
  const [first = "", second = "", third = ""] = copies.names;
  dashboard = await startDashboard({
    DASHBOARD_TOKEN: TOKEN,
    DATABASES: JSON.stringify([
      { name: "home", url: databaseUrl(first, home.port) },
      { name: "us", url: databaseUrl(second) },
      { name: "asia", url: databaseUrl(third, other.port) },
    ]),
  });
});
test.afterAll(async () => {
  await dashboard?.stop();
  await home?.close();
  await other?.close();
});

async function signIn(page: Page, next: string) {
  await page.goto(`${dashboard.url}${next}`);
  await page.getByLabel(/token/i).fill(TOKEN);
  await page.getByRole("button", { name: /sign in/i }).click();
  await expect(page).toHaveURL(`${dashboard.url}${next}`);
}

/** The slowest of ten requests to a responding database, in milliseconds. */
async function measure(page: Page): Promise<number> {
  let slowest = 0;
  for (let turn = 0; turn < 10; turn++) {
    const started = performance.now();
    const response = await page.request.get(`${dashboard.url}/d/us/api/queues`);
    expect(response.status()).toBe(200);
    slowest = Math.max(slowest, performance.now() - started);
  }
  return slowest;
}

test("A database that stops responding and returns neither slows nor hides the others", async ({
  page,
}) => {
  test.setTimeout(180_000);
  await signIn(page, "/fleet");
  await expect(page.getByText("3 of 3 databases read")).toBeVisible();
  other.freezeAll();
  await expect(page.getByText("2 of 3 databases read")).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole("row").filter({ hasText: "asia" })).toContainText("Last read at");
  expect(await measure(page)).toBeLessThan(SLOW);
  await open(page, `${dashboard.url}/d/us/queues/${copies.queue}`);
  expect((await page.request.get(`${dashboard.url}/api/health/ready`)).status()).toBe(200);
  other.thaw();
  await page.goto(`${dashboard.url}/fleet`);
  await expect(page.getByText("3 of 3 databases read")).toBeVisible({ timeout: 90_000 });
});

test("While the database with the sessions doesn't respond for minutes, the others remain usable", async ({
  page,
  browser,
}) => {
  test.setTimeout(300_000);
  await signIn(page, "/d/us/queues");
  home.freezeAll();
  expect(await measure(page)).toBeLessThan(SLOW);
  // Much longer than any cache keeps entries.
  const silentFor = Date.now() + 90_000;
  while (Date.now() < silentFor) {
    await page.waitForTimeout(5_000);
    expect(await measure(page)).toBeLessThan(SLOW);
  }
  await open(page, `${dashboard.url}/d/us/queues/${copies.queue}/tasks/${copies.taskId}`);
  await page
    .getByRole("button", { name: /^Cancel/ })
    .first()
    .click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel task" }).click();
  await expect(page.getByText("Task cancelled")).toBeVisible();
  // A person without a session signs in.
  const context = await browser.newContext();
  const other = await context.newPage();
  await signIn(other, "/d/us/queues");
  expect(await measure(other)).toBeLessThan(SLOW);
  await context.close();
  home.thaw();
  await page.goto(`${dashboard.url}/d/home/queues`);
  await expect(
    page.getByRole("main").getByRole("link", { name: copies.queue }).first(),
  ).toBeVisible({ timeout: 90_000 });
});
