import type { Page } from "@playwright/test";
import { expect, test } from "./support/fixtures";
import { pressFor } from "./support/keys";
import { open } from "./support/open";

const names = (page: Page) => page.locator("a[data-row]").allInnerTexts();

test("I sort a list, and an order that needs a filter adds it and reports that", async ({
  page,
  work,
}) => {
  const { app, queue } = work;
  for (const name of ["first", "second", "third"]) await app.spawn(name, {}, { queue });
  await page.goto(`/queues/${queue}/tasks`);
  await expect.poll(() => names(page)).toEqual(["third", "second", "first"]);

  const order = page.getByLabel("Order", { exact: true });
  await order.selectOption("Oldest first");
  await expect.poll(() => names(page)).toEqual(["first", "second", "third"]);
  await expect(page).toHaveURL(/sort=oldest/);
  await page.getByRole("columnheader", { name: "Age" }).getByRole("button").click();
  await expect.poll(() => names(page)).toEqual(["third", "second", "first"]);

  await order.selectOption("Most attempts first");
  await expect(page.getByText("Limited to the last 24 h")).toBeVisible();
  await expect(page).toHaveURL(/range=24h.*sort=attempts|sort=attempts.*range=24h/);
  await expect(page.locator("a[data-row]")).toHaveCount(3);
  await expect(page.getByRole("columnheader", { name: "Attempts" })).toHaveAttribute(
    "aria-sort",
    "descending",
  );

  await order.selectOption("Due first");
  await expect(page.getByText("Limited to pending, running, sleeping tasks")).toBeVisible();
  await expect.poll(() => names(page)).toEqual(["first", "second", "third"]);

  // A URL may still have an order that its filters don't support.
  await page.goto(`/queues/${queue}/tasks?sort=due`);
  await expect(page.getByText(/Sorting by due time needs active states/)).toBeVisible();
  await page.getByRole("button", { name: "Newest first" }).click();
  await expect.poll(() => names(page)).toEqual(["third", "second", "first"]);
});

test("I page forward and back through a list sorted by due time", async ({ page, work }) => {
  for (let index = 0; index < 60; index += 1)
    await work.app.spawn(`job-${index}`, {}, { queue: work.queue });
  await page.goto(`/queues/${work.queue}/tasks?state=pending&sort=due`);
  await expect(page.locator("a[data-row]")).toHaveCount(50);
  const first = await names(page);
  expect(first[0]).toBe("job-0");
  await page.getByRole("button", { name: /^Next/ }).click();
  await expect(page.locator("a[data-row]")).toHaveCount(10);
  expect((await names(page)).at(-1)).toBe("job-59");
  await page.getByRole("button", { name: /^Previous/ }).click();
  await expect.poll(() => names(page)).toEqual(first);
});

test("I find a task by its idempotency key", async ({ page, work }) => {
  const { app, queue } = work;
  await app.spawn("charge", {}, { queue, idempotencyKey: "order 42" });
  await app.spawn("charge", {}, { queue, idempotencyKey: "order 43" });
  await page.goto(`/queues/${queue}/tasks`);
  await expect(page.locator("a[data-row]")).toHaveCount(2);
  const box = page.getByRole("combobox", { name: "Filter tasks" });
  await box.fill("idempotency:");
  await expect(page.getByRole("option", { name: /"order 43"/ })).toBeVisible();
  await box.fill('idempotency:"order 42"');
  await box.press("Enter");
  await expect(page.locator("a[data-row]")).toHaveCount(1);
  await expect(page).toHaveURL(/idempotency=order/);
});

test("The palette finds task names and the actions of the page", async ({ page, work }) => {
  const name = `charge-${work.queue}`;
  const { taskID } = await work.app.spawn(name, {}, { queue: work.queue });
  await page.goto("/queues");
  await page.getByRole("main").waitFor();
  await pressFor(page, "ControlOrMeta+k", page.getByRole("dialog"));
  const palette = page.getByRole("dialog").getByRole("combobox");
  await palette.fill(name);
  await page.getByRole("option", { name }).first().click();
  await expect(page).toHaveURL(new RegExp(`/tasks\\?name=${name}`));
  await expect(page.locator("a[data-row]")).toHaveCount(1);

  await open(page, work.taskUrl(taskID));
  await pressFor(page, "ControlOrMeta+k", page.getByRole("dialog"));
  await palette.fill("cancel");
  await expect(page.getByRole("option").first()).toContainText(/cancel/i);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: /cancel/i })).toBeVisible();
});

test.describe("a queue named like a directory", () => {
  test.use({ queueName: ".." });
  test("has its own URL", async ({ page, work }) => {
    await work.app.spawn("inside", {}, { queue: work.queue });
    await open(page, "/queues");
    await page.getByRole("link", { name: "..", exact: true }).click();
    await expect(page.getByRole("heading", { name: "..", exact: true })).toBeVisible();
    await page.getByRole("link", { name: "Tasks", exact: true }).last().click();
    // The queue's own page is shown until the list has loaded, and has a link with the same name.
    await page.locator("a[data-row]", { hasText: "inside" }).click();
    await expect(page.getByRole("heading", { name: "inside" })).toBeVisible();
    await page.reload();
    await expect(page.getByRole("heading", { name: "inside" })).toBeVisible();
  });
});
