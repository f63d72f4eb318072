import type { Page } from "@playwright/test";
import { spawnTask } from "../lib/absurd/tasks/spawn";
import { expect, test } from "./support/fixtures";
import { open } from "./support/open";
import { setScene } from "./support/scene";

const dialog = (page: Page) => page.getByRole("dialog");
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent?.trim());

/** Presses keys in sequence; `g q` is two keys. */
async function press(page: Page, keys: string) {
  for (const key of keys.split(" ")) await page.keyboard.press(key);
}

test("j and k move through every list, and Enter opens a row", async ({ page, work }) => {
  const { tenant } = await setScene(work);
  for (const address of [
    "/",
    "/queues",
    `/tasks?queue=${work.queue}`,
    `/queues/${work.queue}/events`,
    "/failures",
    "/workers",
    "/bulk",
    "/audit",
    `/workflows?tenant=${tenant}`,
  ]) {
    // Repeated if a row appeared or disappeared between two key presses, because other tests use the same database.
    await expect(async () => {
      await open(page, address);
      const rows = page.getByRole("main").locator("[data-row]");
      await rows.first().waitFor();
      const isFocused = (index: number) =>
        expect(rows.nth(index), address).toBeFocused({ timeout: 2_000 });
      await press(page, "j");
      await isFocused(0);
      if ((await rows.count()) < 2) return;
      await press(page, "j");
      await isFocused(1);
      await press(page, "k");
      await isFocused(0);
    }).toPass({ timeout: 40_000 });
  }
  const name = await focused(page);
  await press(page, "Enter");
  await expect(page.getByRole("heading", { name: name ?? "" })).toBeVisible();
});

test("] and [ move between the pages of a list", async ({ page, work }) => {
  for (let n = 0; n < 5; n++) await spawnTask(work.pool, work.queue, `n${n}`);
  await open(page, `/queues/${work.queue}/tasks?limit=2`);
  const names = page.locator("a[data-row]");
  await expect(names).toHaveText(["n4", "n3"]);
  await press(page, "]");
  await expect(names).toHaveText(["n2", "n1"]);
  await press(page, "]");
  await expect(names).toHaveText(["n0"]);
  await press(page, "]");
  await press(page, "[");
  await expect(names).toHaveText(["n2", "n1"]);
});

test("g and a letter open any section, and the letter has no other effect", async ({
  page,
  work,
}) => {
  const { failed } = await setScene(work);
  await open(page, work.taskUrl(failed));
  // Each of these keys acts on the task when pressed alone.
  for (const [letter, address] of [
    ["t", "/tasks"],
    ["a", "/audit"],
    ["f", "/failures"],
    ["e", "/events"],
    ["l", "/workflows"],
  ]) {
    await open(page, work.taskUrl(failed));
    await press(page, `g ${letter}`);
    await expect(page).toHaveURL(new RegExp(`${address}$`));
    await expect(dialog(page)).toHaveCount(0);
  }
  for (const [letter, address] of [
    ["q", "/queues"],
    ["w", "/workers"],
    ["b", "/bulk"],
    ["o", "/"],
  ]) {
    await press(page, `g ${letter}`);
    await expect(page).toHaveURL(new RegExp(`:\\d+${address}$`));
  }
});

test("I refresh a paused page with r", async ({ page, work }) => {
  await spawnTask(work.pool, work.queue, "first");
  await open(page, `/queues/${work.queue}/tasks`);
  await page.getByLabel("Refresh every").selectOption("Off");
  await expect(page.getByText("Paused")).toBeVisible();
  await page.getByLabel("Refresh every").blur();
  // A list that is only polled receives this cached response, from before the second task, for the next two seconds.
  await page.request.get(`/api/tasks?queue=${work.queue}`);
  await spawnTask(work.pool, work.queue, "second");
  await press(page, "r");
  await expect(page.locator("a[data-row]")).toHaveText(["second", "first"]);
});

test("/ starts a search, and typing does not trigger shortcuts", async ({ page, work }) => {
  await spawnTask(work.pool, work.queue, "jxr");
  await open(page, `/queues/${work.queue}/tasks`);
  await press(page, "/");
  await page.keyboard.type("name:jxr?");
  await expect(page.getByRole("combobox", { name: "Filter tasks" })).toHaveValue("name:jxr?");
  await expect(page.getByText("1 selected")).toHaveCount(0);
  await expect(dialog(page)).toHaveCount(0);
});

test("each action of a task has a key", async ({ page, work }) => {
  const { failed, sleeping, running, workflowRun } = await setScene(work);
  for (const [address, keys] of [
    [work.taskUrl(sleeping), { c: "Cancel task", s: "Reschedule", e: "Emit event" }],
    [work.taskUrl(failed), { t: "Retry task", a: "Run task again", f: "Fork from a step" }],
    [work.taskUrl(running), { l: "Extend lease", n: "Spawn task", m: "Actions" }],
    [`/workflows/${workflowRun}`, { c: "Cancel workflow run" }],
    [`/queues/${work.queue}/events`, { e: "Emit event" }],
  ] as const) {
    await open(page, address);
    for (const [key, title] of Object.entries(keys)) {
      await press(page, key);
      await expect(dialog(page).getByRole("heading", { name: title })).toBeVisible();
      await press(page, "Escape");
      await expect(dialog(page)).toHaveCount(0);
    }
  }
});

test("an error group is retried with three keys", async ({ page, work }) => {
  const { failed } = await setScene(work);
  await open(page, `/failures?range=1h&queue=${work.queue}`);
  const groups = page.getByRole("list", { name: "Error groups" });
  await expect(groups.getByRole("listitem").first()).toBeVisible();
  await press(page, "j");
  await expect(groups.locator("button")).toBeFocused();
  await press(page, "t");
  await expect(dialog(page).getByRole("button", { name: "Retry 1", exact: true })).toBeEnabled();
  await press(page, "Enter");
  await expect(dialog(page)).toHaveCount(0);
  await expect
    .poll(async () => {
      const table = `absurd."t_${work.queue}"`;
      const { rows } = await work.pool.query(`select attempts from ${table} where task_id = $1`, [
        failed,
      ]);
      return rows[0].attempts;
    })
    .toBe(2);
});

test("single-key shortcuts can be turned off and back on", async ({ page, work }) => {
  const address = `/queues/${work.queue}/tasks`;
  await open(page, address);
  await press(page, "?");
  const choice = page.getByRole("checkbox", { name: "Single-key shortcuts" });
  await choice.uncheck();
  await expect(dialog(page).getByRole("status")).toHaveText("Single-key shortcuts are off.");
  await press(page, "Escape");
  await expect(dialog(page)).toHaveCount(0);

  await open(page, address);
  await press(page, "g q");
  await press(page, "?");
  await press(page, "/");
  await expect(page.getByRole("combobox", { name: "Filter tasks" })).not.toBeFocused();
  await expect(dialog(page)).toHaveCount(0);
  await expect(page).toHaveURL(new RegExp(`${address}$`));

  await press(page, "ControlOrMeta+k");
  await dialog(page).getByRole("button", { name: "Keyboard shortcuts" }).click();
  await expect(choice).not.toBeChecked();
  await choice.check();
  await press(page, "Escape");
  await press(page, "g q");
  await expect(page).toHaveURL(/\/queues$/);
});

test("the focus is visible on every element, from the skip link on", async ({ page, work }) => {
  await setScene(work);
  await open(page, `/queues/${work.queue}/tasks`);
  await press(page, "Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  const hidden: string[] = [];
  for (let n = 0; n < 60; n++) {
    const unseen = await page.evaluate(() => {
      const at = document.activeElement;
      if (!(at instanceof HTMLElement) || at === document.body) return null;
      const shows = [at, at.closest("search"), at.closest("tr"), at.parentElement].some((box) =>
        ["", "::after"].some((part) => {
          if (!box) return false;
          const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(box, part);
          const ring = outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 1;
          return ring || (boxShadow !== "none" && /inset|3px/.test(boxShadow));
        }),
      );
      return shows && at.checkVisibility() ? null : at.outerHTML.slice(0, 200);
    });
    if (unseen) hidden.push(unseen);
    await press(page, "Tab");
  }
  expect(hidden).toEqual([]);

  await open(page, `/queues/${work.queue}/tasks`);
  await press(page, "Tab Enter Tab");
  await expect(page.getByRole("combobox", { name: "Filter tasks" })).toBeFocused();
});

test("nothing moves with reduced motion", async ({ page, work }) => {
  const { running } = await setScene(work);
  await page.emulateMedia({ reducedMotion: "reduce" });
  const moving = () =>
    page.evaluate(() =>
      document
        .getAnimations()
        .filter(({ effect }) => Number(effect?.getComputedTiming().duration) > 1)
        .map((animation) => (animation.effect as KeyframeEffect).target?.outerHTML.slice(0, 120)),
    );
  for (const [address, key] of [
    [work.taskUrl(running), "c"],
    ["/failures", "?"],
    [`/queues/${work.queue}/tasks`, "x"],
  ] as const) {
    await open(page, address);
    await press(page, "j");
    await press(page, key);
    expect(await moving(), address).toEqual([]);
  }
});

test("live regions stay silent while nothing happens", async ({ page, work }) => {
  const { running } = await setScene(work);
  for (const address of [`/queues/${work.queue}/tasks`, work.taskUrl(running)]) {
    await open(page, address);
    await page.getByLabel("Refresh every").selectOption("2 s");
    const announced = await page.evaluate(async () => {
      const heard: string[] = [];
      const watch = new MutationObserver((changes) => {
        for (const { target } of changes) {
          const near = target instanceof Element ? target : target.parentElement;
          const live = near?.closest("[aria-live], [role=status], [role=alert], [role=log]");
          if (live) heard.push(live.outerHTML.slice(0, 160));
        }
      });
      watch.observe(document.body, { subtree: true, childList: true, characterData: true });
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      return heard;
    });
    expect(announced, address).toEqual([]);
  }
});
