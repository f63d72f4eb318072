import { randomUUID } from "node:crypto";
import { spawnTask } from "../lib/absurd/tasks/spawn";
import { expect, test } from "./support/fixtures";

const NAMES = [
  'He said "hi"',
  "orders.v2 (EU)",
  "Zahlungen & Gebühren/€",
  `${"ß".repeat(28)}n`,
  "100% a/b?c#d",
];

for (const name of NAMES) {
  test.describe(`a queue named ${name}`, () => {
    test.use({ queueName: name });
    test("works on every page", async ({ page, work }) => {
      const { taskID } = await work.app.spawn("odd", {}, { queue: name });
      await page.goto("/queues");
      await page.getByRole("main").getByRole("link", { name, exact: true }).first().click();
      await expect(page.getByRole("heading", { name })).toBeVisible();
      await page.goto(`/queues/${encodeURIComponent(name)}/tasks`);
      await page.locator("a[data-row]").first().click();
      await expect(page).toHaveURL(new RegExp(`${taskID}$`));
      await expect(page.getByRole("heading", { name: "odd" })).toBeVisible();
      await page.goto(`/queues/${encodeURIComponent(name)}/events`);
      await expect(page.getByText("No events yet")).toBeVisible();
    });
  });
}

test("An unknown queue, an unknown task and a malformed id are each reported", async ({
  page,
  work,
}) => {
  await page.goto("/queues/nowhere/tasks");
  await expect(page.getByText("Queue not found")).toBeVisible();
  await page.goto(work.taskUrl(randomUUID()));
  await expect(page.getByText("Task not found")).toBeVisible();
  await page.goto(work.taskUrl("not-an-id"));
  await expect(page.getByText(/not found|Invalid link/).first()).toBeVisible();
  for (const [address, words] of [
    ["/queues/nowhere", "Queue not found"],
    ["/queues/nowhere/events", "Queue not found"],
    [`/workflows/${randomUUID()}`, "Workflow run not found"],
    ["/workflows/not-an-id", "Page not found"],
    [`/bulk/${randomUUID()}`, "Bulk operation not found"],
    ["/bulk/not-an-id", /not found|Invalid link/],
    ["/no/such/page", "Page not found"],
  ] as const) {
    await page.goto(address);
    await expect(page.getByText(words), address).toBeVisible();
  }
});

test("A URL with invalid filters shows the list with the valid ones", async ({ page, work }) => {
  await work.app.spawn("sensible", {}, { queue: work.queue });
  await page.goto(
    `/queues/${work.queue}/tasks?state=broken&limit=9999&after=yesterday&range=-1&where=%00&cursor=x&id=zz&__proto__=1`,
  );
  await expect(page.locator("a[data-row]").or(page.getByText("Invalid link"))).toBeVisible();
  await page.goto(`/queues/${work.queue}/tasks?state=broken&limit=9999&after=yesterday&range=-1`);
  await expect(page.locator("a[data-row]")).toHaveText("sensible");
});

test("A queue dropped while I view it is reported as not found", async ({ page, work }) => {
  await work.app.spawn("short-lived", {}, { queue: work.queue });
  await page.goto(`/queues/${work.queue}/tasks`);
  await expect(page.locator("a[data-row]")).toHaveCount(1);
  await work.app.dropQueue();
  await expect(page.getByText("Queue not found")).toBeVisible({ timeout: 20_000 });
});

test("If its queue is dropped while I view a task, both are reported as not found", async ({
  page,
  work,
  context,
}) => {
  const { taskID } = await work.app.spawn("short-lived", {}, { queue: work.queue });
  await page.goto(work.taskUrl(taskID));
  const other = await context.newPage();
  await other.goto(`/queues/${work.queue}`);
  await expect(page.getByRole("heading", { name: "short-lived" })).toBeVisible();
  await expect(other.getByRole("heading", { name: work.queue })).toBeVisible();
  await work.app.dropQueue();
  for (const one of [page, other])
    await expect(one.getByText("Queue not found").first()).toBeVisible({ timeout: 20_000 });
});

test("Markup in names and payloads is shown as text", async ({ page, work }) => {
  const evil = `</script><script>window.hacked = true</script><img src=x onerror="window.hacked = true">`;
  const { taskID } = await work.app.spawn(
    evil,
    { evil, separator: "\u2028" },
    { queue: work.queue },
  );
  await page.goto(`/queues/${work.queue}/tasks`);
  await expect(page.locator("a[data-row]")).toHaveText(evil);
  await page.goto(`${work.taskUrl(taskID)}?tab=payloads`);
  await expect(page.getByRole("main")).toContainText("onerror=");
  await expect(page.getByRole("main")).toContainText(/"separator": "(\u2028|\\u2028)"/);
  expect(await page.evaluate(() => "hacked" in window)).toBe(false);
});

test("Big integers are shown exactly", async ({ page, work }) => {
  const { taskId } = await spawnTask(work.pool, work.queue, "ledger", {
    sequence: 9007199254740993n,
  });
  await page.goto(`${work.taskUrl(taskId)}?tab=payloads`);
  await expect(page.getByRole("main")).toContainText("9007199254740993");
});

test("A payload of 30 MB only loads on demand, and the page works without it", async ({
  page,
  work,
}) => {
  const { rows } = await work.pool.query(
    `select task_id from absurd.spawn_task($1, 'huge', jsonb_build_object('blob', repeat('x', 30000000)))`,
    [work.queue],
  );
  await page.goto(`${work.taskUrl(rows[0].task_id)}?tab=payloads`);
  await expect(page.getByRole("heading", { name: "huge" })).toBeVisible();
  await expect(page.getByRole("main")).toContainText(/(30\.0|28\.6|30) MB/);
});

test("A lone surrogate is rejected, and nothing is spawned or emitted", async ({ page, work }) => {
  await page.goto(`/queues/${work.queue}/events`);
  await page
    .getByRole("button", { name: /^Emit event/ })
    .first()
    .click();
  const dialog = page.getByRole("dialog");
  // PostgreSQL can't store a lone surrogate.
  await dialog.getByRole("textbox", { name: "Name" }).fill("broken");
  await dialog.getByRole("textbox", { name: "Payload" }).fill('"\\ud800"');
  await dialog.getByRole("button", { name: "Emit", exact: true }).click();
  await expect(dialog.getByRole("alert")).toContainText(/nothing was changed/i);
  await page.goto(`/queues/${work.queue}`);
  await page.getByRole("button", { name: "Spawn" }).click();
  await dialog.getByRole("textbox", { name: "Name" }).fill("broken");
  await dialog.getByRole("textbox", { name: "Params" }).fill('{"half": "\\udc00"}');
  await dialog.getByRole("button", { name: "Spawn" }).click();
  await expect(dialog.getByRole("alert")).toContainText(/nothing was changed/i);
  const { rows } = await work.pool.query(
    `select from absurd."e_${work.queue}" union all select from absurd."t_${work.queue}"`,
  );
  expect(rows).toEqual([]);
});
