import type { Page } from "@playwright/test";
import { awaitEvent, emitEvent } from "../lib/absurd/events/events";
import { createQueue, dropQueue, getQueuePolicy, listQueues } from "../lib/absurd/queues/queues";
import { claimTasks, completeTask } from "../lib/absurd/runs/runs";
import { spawnTask } from "../lib/absurd/tasks/spawn";
import { cancelTask } from "../lib/absurd/tasks/tasks";
import { expect, test } from "./support/fixtures";

type Pool = Parameters<typeof spawnTask>[0];

const dialog = (page: Page) => page.getByRole("dialog");
const row = (page: Page, name: string) =>
  page.getByRole("row").filter({ has: page.getByText(name, { exact: true }) });
const queuePath = (queue: string) => `/queues/${encodeURIComponent(queue)}`;

/** Suspends a new task on an event. */
async function wait(pool: Pool, queue: string, eventName: string, timeoutSeconds?: number) {
  const { taskId } = await spawnTask(pool, queue, "ship-order");
  const runs = await claimTasks(pool, queue, { quantity: 1 });
  const runId = runs.find((run) => run.taskId === taskId)?.runId ?? "";
  await awaitEvent(pool, queue, {
    taskId,
    runId,
    stepName: "s",
    eventName,
    timeoutSeconds: timeoutSeconds ?? null,
  });
  return taskId;
}

test("awaited events are listed first, and events without waiters last", async ({ page, work }) => {
  const { pool, queue } = work;
  const taskId = await wait(pool, queue, "abandoned");
  await cancelTask(pool, queue, { taskId });
  await emitEvent(pool, queue, "paid", { amount: 42 });
  await wait(pool, queue, "no timeout");
  await wait(pool, queue, "soon", 3_600);

  await page.goto(`/events?queue=${queue}`);
  await expect(page.getByRole("navigation", { name: "Pages" })).toContainText("all rows as of");
  const names = page.getByRole("main").locator("tbody tr td:nth-child(2)");
  await expect(names).toHaveText(["soon", "no timeout", "paid", "abandoned"]);
  await expect(row(page, "soon")).toContainText("awaited");
  await expect(row(page, "paid")).toContainText("emitted");
  await expect(row(page, "abandoned")).toContainText("no waiters");
  await expect(row(page, "abandoned")).not.toContainText("awaited");

  await page.getByLabel("State").selectOption({ label: "Awaited" });
  await expect(names).toHaveText(["soon", "no timeout"]);
  await expect(page).toHaveURL(/state=awaited/);
  await page.getByLabel("Event name starts with").fill("so");
  await expect(names).toHaveText(["soon"]);
});

test("events of all queues are listed together", async ({ page, work }) => {
  const { pool, queue } = work;
  const other = `${queue}_b`;
  await createQueue(pool, other);
  await emitEvent(pool, queue, `${queue}:1`);
  await emitEvent(pool, other, `${queue}:2`);
  await page.goto(`/events?name=${queue}`);
  await expect(row(page, `${queue}:1`)).toContainText(queue);
  await expect(row(page, `${queue}:2`)).toContainText(other);
  await dropQueue(pool, other);
});

test("an event can be emitted from the list of its waiters", async ({ page, work }) => {
  const { pool, queue } = work;
  const taskId = await wait(pool, queue, "approved", 3_600);
  await page.goto(`/events?queue=${queue}`);
  await page.getByRole("button", { name: "Tasks waiting for approved" }).click();
  const waiters = page.getByRole("table", { name: "Waiting for approved" });
  await expect(waiters.getByRole("link", { name: "ship-order" })).toHaveAttribute(
    "href",
    new RegExp(taskId),
  );
  await page.getByRole("button", { name: "Emit approved" }).click();
  await expect(dialog(page)).toContainText("Wakes 1 task");
  await dialog(page).getByLabel("Payload").fill('{"by": "ada"}');
  await dialog(page).getByRole("button", { name: "Emit and wake 1" }).click();
  await expect(row(page, "approved")).toContainText("emitted");
  // The row is still expanded and now shows the payload.
  await expect(page.getByRole("main")).toContainText("ada");
});

test("a queue can be created, opened, and dropped by typing its name", async ({ page, work }) => {
  const { pool } = work;
  const name = `${work.queue} größe`;
  await page.goto("/queues");
  await page.getByRole("button", { name: "Create queue" }).click();
  await dialog(page).getByLabel("Name").fill("x".repeat(58));
  await expect(dialog(page)).toContainText("58 bytes");
  await expect(dialog(page).getByRole("button", { name: "Create queue" })).toBeDisabled();
  await dialog(page).getByLabel("Name").fill(name);
  await dialog(page)
    .getByRole("radio", { name: /^partitioned/ })
    .check();
  await dialog(page).getByRole("button", { name: "Create queue" }).click();
  await page.getByRole("link", { name, exact: true }).click();
  await expect(page.getByRole("heading", { name, exact: true })).toBeVisible();
  await expect(page.getByText("All weekly partitions exist")).toBeVisible();

  await spawnTask(pool, name, "work");
  await page.reload();
  await page.getByRole("button", { name: "Drop" }).click();
  await expect(dialog(page)).toContainText("1 active task");
  const drop = dialog(page).getByRole("button", { name: "Drop queue" });
  await dialog(page).getByLabel("Name of the queue").fill(name);
  await expect(drop).toBeDisabled();
  await dialog(page).getByRole("checkbox").check();
  await drop.click();
  await expect(page).toHaveURL(/\/queues$/);
  expect(await listQueues(pool)).not.toContain(name);
});

test("a name that collides with another queue's partitions is rejected", async ({ page, work }) => {
  const parent = `${work.queue}p`;
  await createQueue(work.pool, parent, { storageMode: "partitioned" });
  await page.goto("/queues");
  await page.getByRole("button", { name: "Create queue" }).click();
  await dialog(page).getByLabel("Name").fill(`${parent}_d`);
  await dialog(page).getByRole("button", { name: "Create queue" }).click();
  await expect(dialog(page)).toContainText("would call a partition the same");
  await expect(dialog(page)).toContainText("Nothing was changed");
  await dropQueue(work.pool, parent);
});

test("the retention of a queue can be changed", async ({ page, work }) => {
  await page.goto(queuePath(work.queue));
  await expect(page.getByRole("main")).toContainText("30 days");
  await page.getByRole("button", { name: "Change" }).click();
  await dialog(page).getByLabel("Keep finished tasks and events", { exact: true }).fill("7");
  await expect(dialog(page).getByRole("region", { name: "What will change" })).toContainText(
    "7 days",
  );
  await dialog(page).getByRole("button", { name: "Change policy" }).click();
  await expect(page.getByText("Policy changed")).toBeVisible();
  expect((await getQueuePolicy(work.pool, work.queue))?.cleanupTtlSeconds).toBe(7 * 86_400);
});

test("a cleanup first shows what it will delete", async ({ page, work }) => {
  const { pool, queue } = work;
  await spawnTask(pool, queue, "ended");
  const [run] = await claimTasks(pool, queue);
  await completeTask(pool, queue, run?.runId ?? "");
  await pool.query(`update absurd.r_${queue} set completed_at = now() - interval '1 minute'`);
  await spawnTask(pool, queue, "active");
  await page.goto(queuePath(queue));
  await page.getByRole("button", { name: "Clean up" }).click();
  const preview = dialog(page).getByRole("region", { name: "What will be deleted" });
  await expect(preview).toContainText("0 tasks");
  await dialog(page).getByLabel("Delete tasks and events older than", { exact: true }).fill("0");
  await expect(preview).toContainText("1 tasks");
  const clean = dialog(page).getByRole("button", { name: "Delete" });
  await expect(clean).toBeDisabled();
  await dialog(page).getByLabel("Name of the queue").fill(queue);
  await clean.click();
  await expect(page.getByText("1 task and 0 events deleted", { exact: true })).toBeVisible();
  const { rows } = await pool.query(`select task_name from absurd.t_${queue}`);
  expect(rows).toEqual([{ task_name: "active" }]);
});

test("finished tasks can be counted exactly", async ({ page, work }) => {
  const { pool, queue } = work;
  await pool.query(`
    insert into absurd.t_${queue} (task_id, task_name, params, state, attempts, enqueue_at)
    select gen_random_uuid(), 'old', jsonb_build_object('pad', repeat('x', 200)), 'completed', 1, now()
    from generate_series(1, 30000)`);
  await pool.query(`analyze absurd.t_${queue}`);
  await page.goto(queuePath(queue));
  const count = page.getByRole("button", { name: "Count exactly" });
  await expect(page.getByRole("main")).toContainText("≈");
  await count.click();
  await expect(page.getByRole("link", { name: /^completed/ })).toContainText("30,000");
});
