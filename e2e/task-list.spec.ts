import type { Page } from "@playwright/test";
import { claimTasks } from "../lib/absurd/runs/runs";
import { expect, test } from "./support/fixtures";
import { pressFor } from "./support/keys";
import { open } from "./support/open";

const ids = (page: Page) =>
  page
    .locator("a[data-row]")
    .evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));

test("I filter, page forward and back, reload, and get the same URL and rows", async ({
  page,
  work,
}) => {
  for (let index = 0; index < 130; index += 1)
    await work.app.spawn(index % 10 === 0 ? "rare" : "common", { index }, { queue: work.queue });

  await page.goto(`/queues/${work.queue}/tasks`);
  const filter = page.getByLabel("Filter tasks");
  for (const word of ["name:common", "state:pending"]) {
    await filter.fill(word);
    await filter.press("Enter");
  }
  await expect(page).toHaveURL(/name=common.*state=pending|state=pending.*name=common/);
  // The rows of the filters before stay until the new ones arrive, and are as many.
  await expect(page.getByRole("main").locator('[aria-busy="true"]')).toHaveCount(0);
  await expect(page.locator("a[data-row]")).toHaveCount(50);
  const first = await ids(page);

  await page.getByRole("button", { name: /^Older/ }).click();
  await expect(page).toHaveURL(/cursor=/);
  await expect.poll(async () => (await ids(page))[0]).not.toBe(first[0]);
  const second = await ids(page);
  expect(second.filter((id) => first.includes(id))).toEqual([]);

  const address = page.url();
  await page.reload();
  await expect.poll(() => ids(page)).toEqual(second);
  expect(page.url()).toBe(address);

  await page.getByRole("button", { name: /^Older/ }).click();
  await expect(page.locator("a[data-row]")).toHaveCount(17);
  await page.getByRole("button", { name: /^Newer/ }).click();
  await expect.poll(() => ids(page)).toEqual(second);
  await page.getByRole("button", { name: /^Newer/ }).click();
  await expect.poll(() => ids(page)).toEqual(first);

  await page.locator("a[data-row]").nth(3).click();
  await expect(page.getByRole("heading", { name: "common" })).toBeVisible();
  await page.goBack();
  await expect.poll(() => ids(page)).toEqual(first);
});

test("while the rows of a new filter load, no page is turned by the cursor of the rows before", async ({
  page,
  work,
}) => {
  const taskIds: string[] = [];
  for (const name of ["a", "b", "a", "b", "a", "b"])
    taskIds.push((await work.app.spawn(name, {}, { queue: work.queue })).taskID);
  await open(page, `/queues/${work.queue}/tasks?limit=2`);
  await expect(page.locator("a[data-row]")).toHaveText(["b", "a"]);
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(/\/api\/tasks\?.*name=b/, async (route) => {
    await held;
    await route.continue();
  });
  const filter = page.getByLabel("Filter tasks");
  await filter.fill("name:b");
  await filter.press("Enter");
  await expect(page).toHaveURL(/name=b/);
  await page.getByRole("button", { name: /^Older/ }).click();
  release();
  await expect
    .poll(async () => (await ids(page)).map((href) => href.split("/").at(-1)))
    .toEqual([taskIds[5], taskIds[3]]);
});

test("New tasks are counted and don't move the rows", async ({ page, work }) => {
  await work.app.spawn("first", {}, { queue: work.queue });
  await page.goto(`/queues/${work.queue}/tasks`);
  await expect(page.locator("a[data-row]")).toHaveCount(1);
  const before = await ids(page);
  await work.app.spawn("second", {}, { queue: work.queue });
  const pill = page.getByRole("button", { name: /1 new/ });
  await expect(pill).toBeVisible();
  expect(await ids(page)).toEqual(before);
  await pill.click();
  await expect(page.locator("a[data-row]")).toHaveCount(2);
});

test("I paste an id into the palette and get to its task in any queue", async ({ page, work }) => {
  const { taskID } = await work.app.spawn("needle", {}, { queue: work.queue });
  await page.goto("/queues");
  await page.getByRole("main").waitFor();
  await pressFor(page, "ControlOrMeta+k", page.getByRole("dialog"));
  await page.getByRole("dialog").getByRole("combobox").fill(taskID);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`${work.queue}/tasks/${taskID}`));
  await expect(page.getByRole("heading", { name: "needle" })).toBeVisible();
});

test("a long name is truncated in its middle, right before its last characters", async ({
  page,
  work,
}) => {
  // Longer than any column gets in this window.
  const workers = [
    `worker-${"eu-west-1a-".repeat(10)}:4711`,
    `mmmm-${"i".repeat(200)}-${"m".repeat(40)}-end`,
  ];
  for (const workerId of workers) {
    await work.app.spawn("packed", {}, { queue: work.queue });
    await claimTasks(work.pool, work.queue, { workerId });
  }
  await page.goto(`/queues/${work.queue}/tasks`);
  for (const worker of workers) {
    const name = page.locator(`[data-tip="${worker}"]`);
    await expect
      .poll(() => name.evaluate(measureGap), {
        message: `between the ellipsis and the end of ${worker}`,
      })
      .toBeLessThan(1);
  }
});

/** Pixels between the end of a truncated name and the position directly after the ellipsis. */
function measureGap(name: Element): number {
  const [head, tail] = name.children;
  if (!head || !tail || head.scrollWidth <= head.clientWidth) return Number.NaN;
  const room = head.getBoundingClientRect();
  const probe = head.cloneNode() as HTMLElement;
  probe.style.cssText = "position: absolute; overflow: visible";
  name.append(probe);
  const text = head.textContent ?? "";
  let width = 0;
  for (let length = 1; length < text.length; length += 1) {
    probe.textContent = `${text.slice(0, length)}…`;
    const next = probe.getBoundingClientRect().width;
    if (next > room.width) break;
    width = next;
  }
  probe.remove();
  return Math.abs(tail.getBoundingClientRect().left - (room.left + width));
}
