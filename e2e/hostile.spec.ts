import { Client } from "pg";
import { migrate } from "../lib/db/migrate";
import { queueSegment } from "../lib/search-params/queue-segment";
import { type Hostile, storeHostile } from "../testing/hostile";
import { type Dashboard, startDashboard } from "./support/dashboard";
import { expect, test } from "./support/fixtures";

const SEED = process.env.ABSURD_LONG ? Date.now() % 1_000_000 : 20_261_129;
const DATABASE = "hostile";

let dashboard: Dashboard;
let stored: Hostile;

test.beforeAll(async () => {
  const maintenance = new Client({ connectionString: process.env.E2E_SERVER_URL });
  await maintenance.connect();
  await maintenance.query(`create database ${DATABASE}`);
  await maintenance.end();
  const url = new URL(process.env.E2E_SERVER_URL ?? "");
  url.pathname = `/${DATABASE}`;
  const database = new Client({ connectionString: url.href });
  await database.connect();
  await migrate(database, "engine");
  await migrate(database, "dashboard");
  stored = await storeHostile(database, { seed: SEED, tasks: 60 });
  await database.end();
  dashboard = await startDashboard({ DATABASE_URL: url.href });
});
test.afterAll(() => dashboard.stop());

test("whatever the database holds, every page opens", async ({ page }) => {
  test.setTimeout(240_000);
  const crashes: string[] = [];
  page.on("pageerror", (error) => crashes.push(`${page.url()}: ${error.message}`));
  const queues = stored.queues.flatMap((queue) => {
    const path = `/queues/${queueSegment(queue)}`;
    return [path, `${path}/tasks`, `${path}/events`];
  });
  const tasks = stored.tasks.flatMap(({ queue, taskId }, at) => {
    const path = `/queues/${queueSegment(queue)}/tasks/${taskId}`;
    const tab = ["timeline", "steps", "attempts", "io", "related", "raw"][at % 6];
    return [`${path}?tab=${tab}`];
  });
  const paths = [
    ...[
      "/",
      "/queues",
      "/tasks",
      "/failures",
      "/events",
      "/workers",
      "/workflows",
      "/audit",
      "/bulk",
    ],
    ...queues.slice(0, 15),
    ...tasks.slice(0, 25),
    ...stored.workflowRunIds.slice(0, 5).map((id) => `/workflows/${id}`),
    ...stored.bulkIds.map((id) => `/bulk/${id}`),
  ];
  for (const path of paths) {
    const response = await page.goto(`${dashboard.url}${path}`);
    expect({ path, status: response?.status() }).toEqual({ path, status: 200 });
    const main = page.getByRole("main");
    await expect(main).toBeVisible();
    // Sections load one after another.
    await expect(main.locator("[aria-busy=true]")).toHaveCount(0);
    const text = await main.innerText();
    const broken = /Invalid Date|\bNaN\b|crashed|Request failed inside/.exec(text)?.[0];
    expect({ path, broken }).toEqual({ path, broken: undefined });
  }
  expect(crashes).toEqual([]);
});
