import type { Locator, Page } from "@playwright/test";
import { expect, test, type Work } from "./support/fixtures";
import { open } from "./support/open";
import { setScene } from "./support/scene";

/*
 * An engineer on call with one device: from an alert to the retry of the failed tasks, and what the page shows on the
 * way.
 */

const dialog = (page: Page) => page.getByRole("dialog");

async function expectAttempts({ pool, queue }: Work, taskId: string, attempts: number) {
  await expect
    .poll(async () => {
      const { rows } = await pool.query(
        `select attempts from absurd."t_${queue}" where task_id = $1`,
        [taskId],
      );
      return rows[0].attempts;
    })
    .toBe(attempts);
}

/** Presses Tab until the element has focus, like a person without a pointer. */
async function tabTo(page: Page, target: Locator, key: "Tab" | "Shift+Tab" = "Tab") {
  await expect(target).toBeVisible();
  for (let press = 0; press < 80; press++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error("Tab does not reach it");
}

test("with only a keyboard I find the failure, read its task and retry it", async ({
  page,
  work,
}) => {
  const { failed } = await setScene(work);
  await open(page, `/failures?range=1h&queue=${work.queue}`);
  const groups = page.getByRole("list", { name: "Error groups" });
  await expect(groups.getByRole("listitem").first()).toBeVisible();
  // A row of the list is expanded, and its task is opened.
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  const task = page.getByRole("list", { name: "Latest failures of this group" }).getByRole("link");
  await tabTo(page, task);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(failed));
  await expect(page.getByRole("heading", { level: 1, name: "charge-card" })).toBeVisible();
  await expect(page).toHaveTitle("✕ charge-card · failed · Absurd");

  // Tabs with arrow keys; the timeline with Tab, and its inspector with Enter and Escape.
  const timeline = page.getByRole("tab", { name: /^Timeline/ });
  await tabTo(page, timeline);
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("tab", { selected: true })).not.toHaveText(/^Timeline/);
  await page.keyboard.press("ArrowLeft");
  await expect(timeline).toHaveAttribute("aria-selected", "true");

  // A dialog returns the focus; a second one performs the action.
  await page.keyboard.press("t");
  await expect(dialog(page).getByRole("heading", { name: "Retry task" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toHaveCount(0);
  await expect(timeline).toBeFocused();
  await page.keyboard.press("t");
  await expect(dialog(page).getByRole("button", { name: /^Retry/ })).toBeEnabled();
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(dialog(page)).toHaveCount(0);
  await expectAttempts(work, failed, 2);

  // The palette is closed again; then another page, a filter by typing, and a panel with Enter.
  await page.keyboard.press("ControlOrMeta+k");
  await expect(dialog(page).getByRole("combobox")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toHaveCount(0);
  await page.keyboard.press("g");
  await page.keyboard.press("t");
  await expect(page).toHaveURL(/^[^?]*\/tasks(\?|$)/);
  const filter = page.getByRole("combobox", { name: "Filter tasks" });
  await expect(filter).toBeVisible();
  await page.keyboard.press("/");
  await expect(filter).toBeFocused();
  await page.keyboard.type("name:charge-card");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/name=charge-card/);
  await page.keyboard.press("Escape");
  await tabTo(page, page.getByRole("button", { name: "Columns" }));
  await page.keyboard.press("Enter");
  await expect(dialog(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Columns" })).toBeFocused();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("with only touch I find the failure, read its task and retry it", async ({ page, work }) => {
    const { failed } = await setScene(work);
    await open(page, `/failures?range=1h&queue=${work.queue}`);
    const main = page.getByRole("main");
    await main.getByRole("button", { name: "charge-card", exact: true }).first().tap();
    const failures = page.getByRole("list", { name: "Latest failures of this group" });
    await failures.getByRole("link").tap();
    await expect(page).toHaveURL(new RegExp(failed));
    await expect(page).toHaveTitle("✕ charge-card · failed · Absurd");

    await page.getByRole("tab", { name: /^Attempts/ }).tap();
    await expect(page.getByRole("tab", { name: /^Attempts/ })).toHaveAttribute(
      "aria-selected",
      "true",
    );

    await main
      .getByRole("button", { name: /^Retry/ })
      .first()
      .tap();
    await dialog(page)
      .getByRole("button", { name: /^Retry/ })
      .tap();
    await expect(dialog(page)).toHaveCount(0);
    await expectAttempts(work, failed, 2);

    await page.getByRole("button", { name: "More" }).tap();
    await dialog(page).getByRole("link", { name: "Audit" }).tap();
    await expect(page).toHaveURL(/\/audit/);
    await expect(main).toContainText("retry task");
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Tasks" }).tap();
    await main.getByRole("button", { name: /^failed/ }).tap();
    await expect(page).toHaveURL(/state=failed/);
  });
});
