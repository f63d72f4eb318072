import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test, type Work } from "./support/fixtures";

const timeline = (page: Page) => page.getByRole("region", { name: "Timeline" });
const inspector = (page: Page) => page.getByRole("complementary", { name: "Inspector" });

/** An order that failed once after two steps, resumed, and waits for its payment. */
async function spawnWaitingOrder(work: Work): Promise<string> {
  let tries = 0;
  work.app.registerTask({ name: "fulfil-order" }, async (_params, ctx) => {
    await ctx.step("validate-order", async () => ({ valid: true }));
    await ctx.step("reserve-stock", async () => ({ items: 3, ledger: "L-17" }));
    tries += 1;
    if (tries === 1) throw new Error("gateway did not answer");
    await ctx.step("charge-card", async () => ({ charge: "ch_1" }));
    await ctx.awaitEvent("payment.captured:42");
    return { done: true };
  });
  const { taskID } = await work.app.spawn("fulfil-order", { order: 42 });
  await work.startWorker();
  await expect.poll(async () => (await work.app.fetchTaskResult(taskID))?.state).toBe("sleeping");
  return taskID;
}

test("the timeline shows each attempt of an order and the event it waits for", async ({
  page,
  work,
}) => {
  const violations: string[] = [];
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) violations.push(message.text());
  });
  await page.goto(work.taskUrl(await spawnWaitingOrder(work)));
  const rows = timeline(page).getByRole("button");
  await expect(rows.filter({ hasText: /^Attempt 1/ })).toBeVisible();
  await expect(rows.filter({ hasText: "validate-order" })).toBeVisible();
  await expect(timeline(page).getByText("gateway did not answer")).toBeVisible();
  await expect(rows.filter({ hasText: "2 steps replayed" })).toBeVisible();
  await expect(rows.filter({ hasText: "payment.captured:42" })).toBeVisible();
  await expect(timeline(page).getByText("no timeout")).toBeVisible();
  expect(violations).toEqual([]);

  const { violations: barriers } = await new AxeBuilder({ page }).include("main").analyze();
  expect(barriers.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
});

test("I open a step, share its address, and close it again", async ({ page, work }) => {
  const taskId = await spawnWaitingOrder(work);
  await page.goto(work.taskUrl(taskId));
  await timeline(page)
    .getByRole("button", { name: /reserve-stock/ })
    .click();
  await expect(inspector(page)).toContainText("L-17");
  await expect(inspector(page)).toContainText("attempt 2");

  await page.goto(page.url());
  await expect(inspector(page)).toContainText("reserve-stock");
  await timeline(page)
    .getByRole("button", { name: /reserve-stock/ })
    .focus();
  await page.keyboard.press("ArrowUp");
  await expect(inspector(page)).toContainText("validate-order");
  await page.keyboard.press("Escape");
  await expect(inspector(page)).toBeHidden();
});

test("beside the timeline a wide screen shows the task's error and params", async ({
  page,
  work,
}) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  const values = page.getByRole("region", { name: "Error, result and params" });
  await page.goto(work.taskUrl(await spawnWaitingOrder(work)));
  await expect(values).toContainText("gateway did not answer");
  await expect(values).toContainText('"order": 42');
  await timeline(page).getByRole("switch", { name: "Values" }).click();
  await expect(values).toHaveCount(0);
  await page.reload();
  const shown = timeline(page).getByRole("switch", { name: "Values" });
  await expect(shown).toHaveAttribute("aria-checked", "false");
  await shown.click();
  await expect(values).toBeVisible();
  await page.setViewportSize({ width: 1279, height: 800 });
  await expect(values).toHaveCount(0);
});

test("the timeline updates when the awaited event is emitted", async ({ page, work }) => {
  const taskId = await spawnWaitingOrder(work);
  await page.goto(work.taskUrl(taskId));
  await expect(timeline(page).getByText("no timeout")).toBeVisible();
  await work.app.emitEvent("payment.captured:42", { amount: 1 });
  await expect(timeline(page).getByText(/^emitted/)).toBeVisible();
});

test("the table works, and so do the zoom keys and expanding replayed steps", async ({
  page,
  work,
}) => {
  await page.goto(work.taskUrl(await spawnWaitingOrder(work)));
  await timeline(page)
    .getByRole("button", { name: /2 steps replayed/ })
    .click();
  await expect(timeline(page).getByText("reserve-stock")).toHaveCount(2);
  await page.keyboard.press("+");
  await expect(page.getByRole("button", { name: "Fit all" })).toBeVisible();
  await page.keyboard.press("0");
  await expect(page.getByRole("button", { name: "Fit all" })).toBeHidden();

  await page.getByRole("button", { name: "Table" }).click();
  const table = timeline(page).getByRole("table");
  await expect(table.getByRole("row").filter({ hasText: "event wait" }).first()).toContainText(
    "payment.captured:42",
  );
  await expect(table.getByRole("row").filter({ hasText: "charge-card" })).toContainText("recorded");
});

test("on a phone two fingers zoom, one pans, and nothing overflows the page", async ({
  browser,
  work,
  baseURL,
}) => {
  work.app.registerTask({ name: "steps" }, async (_params, ctx) => {
    for (const name of ["one", "two", "three", "four"])
      await ctx.step(name, () => new Promise((resolve) => setTimeout(resolve, 150)));
  });
  const { taskID } = await work.app.spawn("steps", {});
  await work.startWorker();
  await expect.poll(async () => (await work.app.fetchTaskResult(taskID))?.state).toBe("completed");
  const context = await browser.newContext({
    ...(baseURL && { baseURL }),
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  try {
    const page = await context.newPage();
    await page.goto(work.taskUrl(taskID));
    const row = page.getByRole("button", { name: /^two/ });
    await row.scrollIntoViewIfNeeded();
    const bar = row.locator("[data-span]").first();
    const before = await bar.boundingBox();
    const { y, height } = (await row.boundingBox()) ?? { y: 0, height: 0 };
    const at = y + height / 2;
    const protocol = await context.newCDPSession(page);
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", xs: number[]) =>
      protocol.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: xs.map((x, id) => ({ x, y: at, id })),
      });
    // Around the middle of the bar, so that it grows in place, however long the steps took.
    const middle = (before?.x ?? 0) + (before?.width ?? 0) / 2;
    for (let spread = 20; spread <= 80; spread += 5)
      await touch(spread === 20 ? "touchStart" : "touchMove", [middle - spread, middle + spread]);
    await touch("touchEnd", []);
    await expect(page.getByRole("button", { name: "Fit all" })).toBeVisible();
    await expect
      .poll(async () => (await bar.boundingBox())?.width)
      .toBeGreaterThan((before?.width ?? 0) * 1.5);
    // The bar may be clipped at both edges, but the lines of the axis always move.
    const axis = () =>
      page
        .getByRole("region", { name: "Timeline" })
        .locator("svg line")
        .evaluateAll((lines) => lines.map((line) => line.getAttribute("x1")).join());
    const unmoved = await axis();
    await touch("touchStart", [300]);
    for (let x = 290; x >= 240; x -= 10) await touch("touchMove", [x]);
    await touch("touchEnd", []);
    await expect.poll(axis).not.toBe(unmoved);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      390,
    );
  } finally {
    await context.close();
  }
});
