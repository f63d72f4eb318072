import type { Page } from "@playwright/test";
import { spawnTask } from "../lib/absurd/tasks/spawn";
import { expect, test } from "./support/fixtures";
import { open } from "./support/open";
import { setScene } from "./support/scene";

const main = (page: Page) => page.getByRole("main");
const tasks = (page: Page) => page.locator("a[data-row]");
const choose = (page: Page, filter: string, label: string) =>
  main(page).getByRole("combobox", { name: filter, exact: true }).selectOption({ label });

test("I narrow tasks by state, time, worker, queue and id prefix", async ({ page, work }) => {
  const { worker, cancelled } = await setScene(work);
  await open(page, `/tasks?queue=${work.queue}`);
  await expect(tasks(page)).toHaveCount(7);

  const states = page.getByRole("group", { name: "States" });
  await states.getByRole("button", { name: /^failed/ }).click();
  await states.getByRole("button", { name: /^running/ }).click();
  await expect(tasks(page)).toHaveText(["render-report", "charge-card"]);
  await expect(page).toHaveURL(/state=running,failed/);
  await states.getByRole("button", { name: /^failed/ }).click();
  await expect(tasks(page)).toHaveText(["render-report"]);
  await page.getByRole("button", { name: "Remove state:running" }).click();
  await expect(tasks(page)).toHaveCount(7);

  await choose(page, "Spawned", "Last 15 min");
  await expect(page).toHaveURL(/range=15m/);
  await expect(tasks(page)).toHaveCount(7);
  await open(page, `/tasks?queue=${work.queue}&before=2020-01-01T00:00:00Z`);
  await expect(page.getByText("No task matches")).toBeVisible();
  await expect(page.getByLabel("Spawned")).toHaveValue("fixed");
  await page.getByRole("button", { name: "Remove all filters" }).click();
  await expect(page).toHaveURL(/\/tasks$/);

  const box = page.getByRole("combobox", { name: "Filter tasks" });
  for (const [word, names] of [
    [`worker:${worker}`, 3],
    [`queue:${work.queue}`, 7],
    [`id:${cancelled}`, 1],
  ] as const) {
    await box.fill(word);
    await box.press("Enter");
    await expect(tasks(page), word).toHaveCount(names);
    await page.getByRole("button", { name: "Clear", exact: true }).click();
  }
});

test("I narrow failures by queue and task name", async ({ page, work }) => {
  await setScene(work);
  await open(page, `/failures?name=charge-card,never-was`);
  await choose(page, "Queue", work.queue);
  const group = page.getByRole("list", { name: "Error groups" }).getByRole("button");
  await expect(group).toHaveText(["charge-card"]);
  await page.getByRole("button", { name: "Remove the filter for charge-card" }).click();
  await expect(page.getByText("No failure matches")).toBeVisible();
  await page.getByRole("button", { name: "Remove all filters" }).click();
  await expect(page).toHaveURL(/\/failures$/);
});

test("I narrow events by queue and name, and go back", async ({ page, work }) => {
  await setScene(work);
  await open(page, "/events");
  await choose(page, "Queue", work.queue);
  const names = main(page).locator("tbody tr td:nth-child(2)");
  await expect(names).toHaveText(["picked-up:9", "approval:1", "paid:7"]);
  await page.getByLabel("Event name starts with").fill("zzz");
  await expect(page.getByText("No event matches")).toBeVisible();
  await page.goBack();
  await expect(names).toHaveCount(3);
});

test("I change the time range of the workers", async ({ page, work }) => {
  const { worker } = await setScene(work);
  await open(page, "/workers");
  const row = page.getByRole("row").filter({ hasText: worker });
  await expect(row).toBeVisible();
  for (const [label, range] of [
    ["24 h", "24h"],
    ["7 days", "7d"],
  ]) {
    await page.getByRole("button", { name: label ?? "", exact: true }).click();
    await expect(page).toHaveURL(new RegExp(`range=${range}`));
    await expect(row).toBeVisible();
  }
});

test("I narrow workflow runs by each of their filters", async ({ page, work }) => {
  const { tenant } = await setScene(work);
  await open(page, "/workflows");
  const runs = page.getByRole("link", { name: "scene_review" });
  for (const [field, value, none] of [
    ["Tenant", tenant, "t-nobody"],
    ["Created by", `api-${work.queue}`, "nobody"],
    ["Tag", `scene=${work.queue}`, "scene=other"],
  ] as const) {
    await choose(page, "Filter by", field);
    await page.getByRole("textbox", { name: "Value" }).fill(value);
    await page.keyboard.press("Enter");
    await expect(runs, field).toHaveCount(1);
    await page.getByRole("button", { name: `Remove ${field} ${value}` }).click();
    await page.getByRole("textbox", { name: "Value" }).fill(none);
    await page.keyboard.press("Enter");
    await expect(page.getByText("No run matches"), field).toBeVisible();
    await page.getByRole("button", { name: "Clear", exact: true }).click();
  }
  await open(page, `/workflows?tenant=${tenant}`);
  for (const [field, value] of [
    ["Workflow", "scene_review"],
    ["Version", "1.0.0"],
  ] as const) {
    await choose(page, "Filter by", field);
    await page.getByLabel("Value").fill(value);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("button", { name: `Remove ${field} ${value}` })).toBeVisible();
    await expect(runs).toHaveCount(1);
  }
  await choose(page, "Status", "running or sleeping");
  await choose(page, "Created", "Last hour");
  await expect(runs).toHaveCount(1);
  await choose(page, "Status", "failed");
  await expect(page.getByText("No run matches")).toBeVisible();
});

test("I narrow the audit log by operator, action, queue, outcome and time", async ({
  page,
  work,
}) => {
  const { failed, bulk } = await setScene(work);
  const operator = `ada-${work.queue}`;
  await open(page, "/audit");
  const entries = page.getByRole("row").filter({ hasText: operator });
  await choose(page, "Operator", operator);
  await expect(entries).toHaveCount(2);
  await choose(page, "Action", "retry task");
  await expect(entries).toHaveCount(1);
  await choose(page, "Action", "All actions");
  await choose(page, "Queue", work.queue);
  await choose(page, "Outcome", "refused");
  await expect(entries).toHaveCount(1);
  await expect(entries).toContainText("The task had ended.");
  await choose(page, "Outcome", "Any outcome");
  await choose(page, "Time", "Last 24 h");
  await expect(page).toHaveURL(/after=/);
  await expect(entries).toHaveCount(2);
  await page.getByRole("button", { name: "Remove all filters" }).click();
  await expect(page).toHaveURL(/\/audit$/);

  await open(page, `/audit?task=${failed}&bulk=${bulk}`);
  await expect(entries).toHaveCount(1);
  await page.getByRole("button", { name: /^Bulk .*remove/ }).click();
  await expect(entries).toHaveCount(2);
  await page.getByRole("button", { name: /^Task .*remove/ }).click();
  await expect(page).toHaveURL(/\/audit$/);
});

test("I filter the tasks of a bulk operation by outcome", async ({ page, work }) => {
  const { bulk } = await setScene(work);
  await open(page, "/bulk");
  await page.locator(`a[href="/bulk/${bulk}"]`).click();
  const items = page.getByRole("row").filter({ hasText: work.queue });
  await expect(items).toHaveCount(2);
  await choose(page, "Outcome", "Skipped");
  await expect(items).toHaveCount(1);
  await expect(items).toContainText("The task is completed.");
  await choose(page, "Outcome", "Failed");
  await expect(page.getByText("No task has this outcome.")).toBeVisible();
  await page.goBack();
  await expect(items).toHaveCount(1);
});

test("I find a queue, a page and an id in the palette", async ({ page, work }) => {
  const { taskId, runId } = await spawnTask(work.pool, work.queue, "needle");
  await open(page, "/");
  const palette = page.getByRole("dialog");
  const box = palette.getByRole("combobox");
  // The page's list of queues may be from before this one was created; a change of the database refreshes it.
  await page.keyboard.press("ControlOrMeta+k");
  await box.fill(work.queue);
  await expect(palette.getByRole("group", { name: "Queues" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(box).toHaveCount(0);
  for (const [typed, address] of [
    [`${work.queue} events`, `/queues/${work.queue}/events`],
    ["audit", "/audit"],
    [runId, `/queues/${work.queue}/tasks/${taskId}`],
  ] as const) {
    await page.keyboard.press("ControlOrMeta+k");
    await box.fill(typed);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(new RegExp(`${address}$`));
  }
  await page.keyboard.press("ControlOrMeta+k");
  await box.fill("~~");
  await expect(page.getByText("No matches.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(box).toHaveCount(0);
});
