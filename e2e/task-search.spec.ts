import { readFile } from "node:fs/promises";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "./support/fixtures";

const rows = (page: Page) => page.locator("a[data-row]");
const box = (page: Page) => page.getByRole("combobox", { name: "Filter tasks" });

/** Opens a list and waits until it refreshes automatically, from when hotkeys work. */
async function open(page: Page, address: string) {
  await page.goto(address);
  await expect(page.getByText(/^· (now|.+ ago)$/)).toBeVisible();
}

async function search(page: Page, words: string) {
  await box(page).fill(words);
  await page.keyboard.press("Enter");
}

test("I find tasks by what is in their input, by tenant, error and step", async ({
  page,
  work,
}) => {
  const { app, queue } = work;
  app.registerTask({ name: "charge", defaultMaxAttempts: 1 }, async (params, ctx) => {
    const { order } = params as { order: { id: number; total: number } };
    await ctx.step(`reserve-${order.id}`, async () => order.id);
    if (order.id === 7) throw new RangeError("card 100% declined");
    return { total: order.total };
  });
  for (const id of [7, 42, 420])
    await app.spawn(
      "charge",
      { order: { id, total: id * 10 } },
      { queue, headers: { tenant_id: `t${id}` } },
    );
  await work.startWorker();
  await open(page, `/queues/${encodeURIComponent(queue)}/tasks`);
  await expect(page.getByRole("row", { name: /completed/ })).toHaveCount(2);
  await expect(page.getByRole("row", { name: /failed/ })).toHaveCount(1);

  for (const [words, found] of [
    ["params.order.id:42", 1],
    ["result.total>100", 2],
    ["tenant:t420", 1],
    ["error.name:RangeError", 1],
    ['"100% declined"', 1],
    ["checkpoint:reserve-42", 1],
    ["attempts>1", 0],
    ["state:completed params.order.id<100", 1],
  ] as const) {
    await search(page, words);
    await expect(rows(page)).toHaveCount(found);
    await page.getByRole("button", { name: "Clear", exact: true }).click();
    await expect(rows(page)).toHaveCount(3);
  }
});

test("An invalid word shows the reason and stays in the box", async ({ page, work }) => {
  await open(page, `/queues/${work.queue}/tasks`);
  await search(page, "state:broken");
  await expect(page.getByText("Unknown state broken")).toBeVisible();
  await expect(box(page)).toHaveValue("state:broken");
});

test("The search box suggests keys, paths and values, and the URL contains my choice", async ({
  page,
  work,
}) => {
  await work.app.spawn("alpha", { order: { region: "eu" } }, { queue: work.queue });
  await work.app.spawn("beta", { order: { region: "us" } }, { queue: work.queue });
  await open(page, `/queues/${work.queue}/tasks`);
  await expect(rows(page)).toHaveCount(2);
  await box(page).fill("region");
  await expect(page.getByRole("option", { name: /params\.order\.region:/ })).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(box(page)).toHaveValue("params.order.region:");
  await page.getByRole("option", { name: /region:eu/ }).click();
  await expect(rows(page)).toHaveCount(1);
  await expect(page).toHaveURL(/where=params\.order\.region/);
  await page.reload();
  await expect(rows(page)).toHaveText(["alpha"]);
  await page.goBack();
  await expect(rows(page)).toHaveCount(2);
});

test("I show a value of the input as a column, and save the list as a view", async ({
  page,
  work,
}) => {
  await work.app.spawn("alpha", { order: { region: "eu-north" } }, { queue: work.queue });
  await open(page, `/queues/${work.queue}/tasks`);
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("checkbox", { name: "params.order.region" }).check();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("columnheader", { name: "params.order.region" })).toBeVisible();
  await expect(page.getByRole("cell", { name: "eu-north" })).toBeVisible();

  await page.getByRole("button", { name: "Views" }).click();
  await page.getByLabel("Save this list as").fill("By region");
  await page.keyboard.press("Enter");
  await open(page, `/queues/${work.queue}/tasks`);
  await expect(rows(page)).toHaveCount(1);
  await page.getByRole("navigation", { name: "Saved views" }).getByRole("link").click();
  await expect(page.getByRole("cell", { name: "eu-north" })).toBeVisible();
  await open(page, `/queues/${work.queue}/tasks`);
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("main").getByRole("link", { name: "By region" }).click();
  await expect(page.getByRole("cell", { name: "eu-north" })).toBeVisible();
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("button", { name: "Delete By region" }).click();
  await expect(page.getByRole("link", { name: "By region" })).toHaveCount(0);
});

test("I select rows with x and Shift+X, copy their ids and export them", async ({
  page,
  work,
  context,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const ids: string[] = [];
  for (let n = 0; n < 4; n++)
    ids.unshift((await work.app.spawn("pick", { n }, { queue: work.queue })).taskID);
  await open(page, `/queues/${work.queue}/tasks`);
  await expect(rows(page)).toHaveCount(4);
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await expect(page.getByText("1 selected")).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("Shift+X");
  await expect(page.getByText("3 selected")).toBeVisible();
  await page.getByRole("button", { name: "Copy ids" }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.split("\n").sort()).toEqual(ids.slice(0, 3).sort());

  const download = page.waitForEvent("download");
  await page
    .getByRole("region", { name: "Selection" })
    .getByRole("button", { name: "CSV", exact: true })
    .click();
  const text = await readFile(await (await download).path(), "utf8");
  expect(text.trim().split("\r\n")).toHaveLength(4);
  await page.getByRole("button", { name: "Clear selection" }).click();
  await expect(page.getByText("3 selected")).toHaveCount(0);
});

test("I count matching tasks exactly, and export them safely for spreadsheets", async ({
  page,
  work,
}) => {
  for (let n = 0; n < 60; n++) await work.app.spawn("=1+1", { n }, { queue: work.queue });
  await open(page, `/queues/${work.queue}/tasks`);
  await search(page, "params.n>=15");
  // Fewer than a page, to prove that the rows are those of the search.
  await expect(rows(page)).toHaveCount(45);
  await page.getByRole("button", { name: "Count exactly" }).click();
  await expect(page.getByText("45 tasks exactly")).toBeVisible();

  await page.getByRole("button", { name: "Export" }).click();
  const download = page.waitForEvent("download");
  await page
    .getByRole("dialog", { name: "Export" })
    .getByRole("button", { name: "CSV", exact: true })
    .click();
  const text = await readFile(await (await download).path(), "utf8");
  const lines = text.trim().split("\r\n");
  expect(lines).toHaveLength(46);
  expect(lines[1]).toContain(",'=1+1,pending,");
  await expect(page.getByText("Saved 45 tasks.")).toBeVisible();
});

test("The list and its popovers have no accessibility violation", async ({ page, work }) => {
  await work.app.spawn("alpha", { order: { id: 1 } }, { queue: work.queue });
  await open(page, `/queues/${work.queue}/tasks?columns=params.order.id`);
  await expect(rows(page)).toHaveCount(1);
  await box(page).fill("order");
  await expect(page.getByRole("listbox", { name: "Suggestions" })).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.getByRole("button", { name: "Columns" }).click();
  await expect(page.getByRole("checkbox", { name: "params.order.id" })).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
});
