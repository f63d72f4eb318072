import type { Locator, Page } from "@playwright/test";
import { emitEvent } from "../lib/absurd/events/events";
import { spawnTask } from "../lib/absurd/tasks/spawn";
import { expect, test, type Work } from "./support/fixtures";
import { open } from "./support/open";

// Names as long as those in production.
const QUEUE = `payments-settlement-europe-west-retries-${process.pid}`;
const WORKER = "settlement-worker-7f9c8d6b5-x2k4q";

test.use({ queueName: QUEUE });

/** A queue with a failed, a running and a waiting task of tenants with long names. */
async function fill({ app, pool, queue, startWorker }: Work) {
  app.registerTask({ name: "settle" }, async () => {
    throw new Error(
      "The settlement of batch 4711 was declined by the acquiring bank: limit exceeded",
    );
  });
  const tenant = { headers: { tenant_id: "globex-europe-west" } };
  const { taskId } = await spawnTask(pool, queue, "settle", {}, { maxAttempts: 1, ...tenant });
  await startWorker();
  const state = `select state from absurd."t_${queue}" where task_id = $1`;
  await expect.poll(async () => (await pool.query(state, [taskId])).rows[0].state).toBe("failed");
  await pool.query(`update absurd."r_${queue}" set claimed_by = $1`, [WORKER]);
  await emitEvent(pool, queue, "settlement.batch.4711.confirmed-by-acquirer", {});
}

const box = async (locator: Locator) => {
  const found = await locator.boundingBox();
  if (!found) throw new Error("It is not shown");
  return found;
};

/** Whether any text inside is truncated. */
const isCut = (cell: Locator) =>
  cell.evaluate((element) =>
    [element, ...element.querySelectorAll("*")].some(
      (one) =>
        one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflow !== "visible",
    ),
  );

const headOf = (page: Page, name: string) => page.getByRole("columnheader", { name, exact: true });

test("names are shown in full where the row has space, and the main column keeps its width", async ({
  page,
  work,
}) => {
  await fill(work);
  await page.setViewportSize({ width: 1920, height: 1080 });
  await page.goto(`/tasks?queue=${work.queue}&name=settle`);
  const row = page.getByRole("row").filter({ hasText: "settle" });
  await expect(row).toHaveCount(1);
  const heads = await page.getByRole("columnheader").allTextContents();
  for (const name of ["Queue", "Worker", "Tenant"]) {
    expect(heads).toContain(name);
    expect(await isCut(row.getByRole("cell").nth(heads.indexOf(name))), name).toBe(false);
  }

  await page.setViewportSize({ width: 1024, height: 800 });
  await expect(headOf(page, "Worker")).toHaveCount(0);
  expect((await box(headOf(page, "Why"))).width).toBeGreaterThanOrEqual(280);
  const table = page.getByRole("table");
  expect(await table.evaluate((one) => one.scrollWidth - one.clientWidth)).toBeLessThanOrEqual(0);

  await page.goto(`/failures?queue=${work.queue}`);
  const group = page.getByRole("list", { name: "Error groups" }).getByRole("listitem").first();
  const error = group.getByText("The settlement of batch").first();
  await expect(error).toBeVisible();
  const main = group.getByRole("button", { name: "settle", exact: true }).locator("..");
  expect((await box(main)).width).toBeGreaterThanOrEqual(280);

  await page.goto("/workers");
  await expect(headOf(page, "Worker")).toBeVisible();
  expect((await box(headOf(page, "Worker"))).width).toBeGreaterThanOrEqual(280);

  await page.goto(`/queues/${work.queue}/events`);
  await expect(headOf(page, "Event")).toBeVisible();
  expect((await box(headOf(page, "Event"))).width).toBeGreaterThanOrEqual(280);
});

test("columns are dragged, moved by keys, hidden and brought back, and the address keeps them", async ({
  page,
  work,
}) => {
  await fill(work);
  await page.setViewportSize({ width: 1920, height: 1080 });
  await open(page, `/tasks?queue=${work.queue}&name=settle`);
  const head = headOf(page, "Worker");
  const edge = page.getByRole("separator", { name: "Width of Worker" });
  const before = (await box(head)).width;
  const grip = await box(edge);
  await page.mouse.move(grip.x + grip.width / 2, grip.y + grip.height / 2);
  await page.mouse.down();
  await page.mouse.move(grip.x + grip.width / 2 - 100, grip.y + grip.height / 2, { steps: 4 });
  await page.mouse.up();
  await expect.poll(async () => Math.round((await box(head)).width - before)).toBe(-100);
  await edge.press("ArrowRight");
  await expect.poll(async () => Math.round((await box(head)).width - before)).toBe(-84);
  await expect(page).toHaveURL(/[?&]widths=worker/);

  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("checkbox", { name: "Duration", exact: true }).click();
  await expect(headOf(page, "Duration")).toHaveCount(0);
  await expect(page).toHaveURL(/[?&]hide=duration/);
  await page.reload();
  await expect(head).toBeVisible();
  await expect(headOf(page, "Duration")).toHaveCount(0);
  await expect.poll(async () => Math.round((await box(head)).width - before)).toBe(-84);

  await edge.dblclick();
  await expect.poll(async () => Math.round((await box(head)).width - before)).toBeGreaterThan(-84);
  await expect(page).not.toHaveURL(/widths=/);
});

test("a scrolled table keeps its first column in view and marks hidden content", async ({
  page,
  work,
}) => {
  await page.setViewportSize({ width: 810, height: 800 });
  await page.goto("/queues");
  const link = page.getByRole("link", { name: work.queue, exact: true });
  await expect(link).toBeVisible();
  const scroller = page.locator("[data-after]").filter({ has: link });
  await expect(scroller).toBeVisible();
  await scroller.evaluate((one) => one.scrollTo({ left: one.scrollWidth }));
  await expect(page.locator("[data-before]").filter({ has: link })).toBeVisible();
  const [edge, cell] = [
    await box(page.locator("[data-before]").filter({ has: link })),
    await box(page.getByRole("cell").filter({ has: link })),
  ];
  expect(Math.abs(cell.x - edge.x)).toBeLessThanOrEqual(2);
});

test("the overview fills a wide screen with a third column, and its chart fills the panel", async ({
  page,
  work,
}) => {
  await spawnTask(work.pool, work.queue, "waits", {});
  await page.setViewportSize({ width: 1720, height: 1080 });
  await page.goto("/");
  const panel = (title: string) =>
    page
      .locator("section")
      .filter({ has: page.getByRole("heading", { name: title, exact: true }) });
  const chart = page.getByRole("img", { name: /^Attempts started/ });
  await expect(chart.locator("canvas")).toBeVisible();
  const [queues, failures] = [await box(panel("Queues")), await box(panel("Top failures"))];
  expect(failures.x).toBeGreaterThanOrEqual(queues.x + queues.width);
  await expect(async () => {
    const [around, canvas] = [await box(panel("Throughput")), await box(chart.locator("canvas"))];
    const rest = around.y + around.height - canvas.y - canvas.height;
    expect(rest).toBeGreaterThanOrEqual(0);
    expect(rest).toBeLessThanOrEqual(16);
  }).toPass({ timeout: 15_000 });

  await page.setViewportSize({ width: 1440, height: 900 });
  const below = await box(panel("Top failures"));
  const above = await box(panel("Queues"));
  expect(below.y).toBeGreaterThanOrEqual(above.y + above.height);
});

test("the navigation counts what the overview shows, and explains a count to keyboards", async ({
  page,
  work,
}) => {
  const tenant = `initech-${process.pid}`;
  await spawnTask(work.pool, work.queue, "settle", {}, { headers: { tenant_id: tenant } });
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`/?tenant=${tenant}`);
  const side = page.getByRole("navigation", { name: "Main" });
  const tasks = side.getByRole("link", { name: "Tasks", exact: true });
  await expect(tasks).toHaveText("Tasks1");
  const explanation =
    /^1 task ready, 0 running, 0 sleeping, of the chosen tenants, as of \d+ s ago$/;
  await expect(tasks).toHaveAttribute("aria-description", explanation);

  await side.getByRole("link", { name: "Queues", exact: true }).focus();
  await page.keyboard.press("Tab");
  await expect(tasks).toBeFocused();
  const tip = page.getByRole("tooltip");
  await expect(tip).toHaveText(explanation);
  // It is beside the navigation, not over the next link.
  const next = await box(side.getByRole("link", { name: "Failures", exact: true }));
  await expect.poll(async () => (await box(tip)).x).toBeGreaterThan(next.x + next.width - 10);
});

test("on a phone, controls take a quarter of the height, and the main action is reachable", async ({
  page,
  work,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await spawnTask(work.pool, work.queue, "waits", {});
  await page.goto(`/queues/${work.queue}/tasks`);
  const first = page.getByRole("row").filter({ hasText: "waits" }).first();
  await expect(first).toBeVisible();
  const main = await box(page.getByRole("main"));
  expect((await box(first)).y - main.y).toBeLessThanOrEqual(844 / 4);

  await emitEvent(work.pool, work.queue, "paid", {});
  await page.goto(`/queues/${work.queue}/events`);
  await expect(page.getByText("paid", { exact: true }).first()).toBeVisible();
  await expect(page.getByRole("button", { name: /^Emit/ }).first()).toBeInViewport();
  const event = page.getByRole("row").filter({ hasText: "paid" }).first();
  expect((await box(event)).y - main.y).toBeLessThanOrEqual(844 / 4);
  const { taskId } = await spawnTask(work.pool, work.queue, "waits", {});
  await page.goto(work.taskUrl(taskId));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("waits");
});

test("at a zoom of 400 %, at least half of the height is left for the page", async ({
  page,
  work,
}) => {
  await spawnTask(work.pool, work.queue, "waits", {});
  // Windows of 1280 × 1024 and 1440 × 800 pixels.
  for (const viewport of [
    { width: 320, height: 256 },
    { width: 360, height: 200 },
  ]) {
    await page.setViewportSize(viewport);
    await page.goto(`/queues/${work.queue}/tasks`);
    await expect(page.getByRole("row").filter({ hasText: "waits" }).first()).toBeAttached();
    const main = await box(page.getByRole("main"));
    expect(main.height).toBeGreaterThanOrEqual(viewport.height / 2);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(viewport.width);
  }
});
