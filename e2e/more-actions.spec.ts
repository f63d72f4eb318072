import type { Page } from "@playwright/test";
import { expect, test } from "./support/fixtures";
import { pressFor } from "./support/keys";

const dialog = (page: Page) => page.getByRole("dialog");
const state = (page: Page, name: string) =>
  expect(page.getByRole("main").getByText(name, { exact: true }).first()).toBeVisible();

test("I run a failed order again with corrected params and the copy completes", async ({
  page,
  work,
}) => {
  work.app.registerTask({ name: "ship" }, async (params: { address: string | null }) => {
    if (params.address === null) throw new Error("no address");
    return { shippedTo: params.address };
  });
  const { taskID } = await work.app.spawn("ship", { address: null, n: 1 }, { maxAttempts: 1 });
  await work.startWorker();

  await page.goto(work.taskUrl(taskID));
  await state(page, "failed");
  await pressFor(page, "a", dialog(page));
  const params = dialog(page).getByRole("textbox", { name: "Params" });
  await params.fill('{"address": ');
  await expect(dialog(page).getByRole("button", { name: /^Run/ })).toBeDisabled();
  await params.fill('{\n  "address": "Way 1",\n  "n": 1\n}');
  const changes = dialog(page).getByRole("region", { name: "Changes to the params" });
  await expect(changes).toContainText('− "address": null'.replace("− ", "−   "));
  await expect(changes).toContainText('+   "address": "Way 1"');
  await dialog(page)
    .getByLabel(/Reason/)
    .fill("address was missing");
  await dialog(page).getByRole("button", { name: "Run with edits" }).click();
  await page.getByRole("link", { name: "Open task" }).click();
  await state(page, "completed");
  expect((await work.app.fetchTaskResult(taskID))?.state).toBe("failed");

  await page.goto(`/audit?queue=${work.queue}`);
  const entry = page.getByRole("row", { name: /run task again/ });
  await expect(entry).toContainText("e2e");
  await expect(entry).toContainText("address was missing");
  await expect(entry).toContainText("succeeded");
});

test("I fork a failed task from its last step, and only that step runs again", async ({
  page,
  work,
}) => {
  const ran: string[] = [];
  let healthy = false;
  work.app.registerTask({ name: "pipeline" }, async (_params, ctx) => {
    for (const step of ["load", "clean", "store"])
      await ctx.step(step, async () => {
        ran.push(step);
        return step;
      });
    if (!healthy) throw new Error("disk full");
    return "stored";
  });
  const { taskID } = await work.app.spawn("pipeline", {}, { maxAttempts: 1 });
  await work.startWorker();

  await page.goto(work.taskUrl(taskID));
  await state(page, "failed");
  healthy = true;
  await page.getByRole("button", { name: "All actions" }).click();
  await expect(dialog(page).getByRole("button", { name: /^Reschedule/ })).toContainText(
    "Not available: task has failed.",
  );
  await dialog(page).getByRole("button", { name: /^Fork/ }).click();
  await expect(dialog(page)).toContainText("Copied (2) load, clean");
  await expect(dialog(page)).toContainText("Executed (1) store");
  await dialog(page).getByRole("button", { name: "Fork", exact: true }).click();
  await expect(page.getByText("with 2 steps copied")).toBeVisible();
  await page.getByRole("link", { name: "Open task" }).click();
  await state(page, "completed");
  expect(ran).toEqual(["load", "clean", "store", "store"]);
});

test("I spawn a task from its queue, by form and by JSON", async ({ page, work }) => {
  const seen: unknown[] = [];
  work.app.registerTask({ name: "greet" }, async (params) => {
    seen.push(params);
    return "hello";
  });
  await work.startWorker();
  await page.goto(`/queues/${work.queue}`);
  await page.getByRole("button", { name: "Spawn" }).click();
  await expect(dialog(page).getByRole("button", { name: "Spawn" })).toBeDisabled();
  await dialog(page).getByRole("textbox", { name: "Name" }).fill("greet");
  await dialog(page).getByRole("textbox", { name: "Params" }).fill('{"who": "form"}');
  await dialog(page).getByText("Retries, limits").click();
  await dialog(page).getByRole("textbox", { name: "Idempotency key" }).fill("once");
  await dialog(page).getByRole("button", { name: "Spawn" }).click();
  await expect(page.getByText("Task spawned")).toBeVisible();
  await page.getByRole("link", { name: "Open task" }).click();
  await page.waitForURL(/\/tasks\/[0-9a-f-]{36}$/);
  await state(page, "completed");

  await pressFor(page, "n", dialog(page));
  await dialog(page).getByRole("button", { name: "Edit as JSON" }).click();
  const json = dialog(page).getByRole("textbox", { name: "Task as JSON" });
  await json.fill('{"name": "greet", "queue": 1}');
  await expect(dialog(page)).toContainText("Unknown key “queue”");
  await json.fill('{"name": "greet", "params": {"who": "json"}, "idempotencyKey": "twice"}');
  await dialog(page).getByRole("button", { name: "Spawn" }).click();
  await expect.poll(() => seen).toEqual([{ who: "form" }, { who: "json" }]);
  await expect(dialog(page)).toHaveCount(0);

  await pressFor(page, "n", dialog(page));
  await dialog(page).getByText("Retries, limits").click();
  await dialog(page).getByRole("textbox", { name: "Idempotency key" }).fill("once");
  await dialog(page).getByRole("button", { name: "Spawn" }).click();
  await expect(page.getByText("Idempotency key already used")).toBeVisible();
  expect(seen).toHaveLength(2);
});

test("I extend the lease of a silent worker, and get an error once its task has ended", async ({
  page,
  work,
}) => {
  const { taskID } = await work.app.spawn("silent", {}, { queue: work.queue });
  const claim = `select run_id from absurd.claim_task($1, 'lonely', 20, 1)`;
  const { rows } = await work.pool.query(claim, [work.queue]);
  await page.goto(work.taskUrl(taskID));
  await state(page, "running");
  await page.getByRole("button", { name: /^Extend lease/ }).click();
  await expect(dialog(page)).toContainText("lonely");
  await dialog(page).getByRole("textbox", { name: "Seconds from now" }).fill("3600");
  await dialog(page).getByRole("button", { name: "Extend" }).click();
  await expect(page.getByText("Lease extended")).toBeVisible();
  await expect(dialog(page)).toHaveCount(0);
  const left = await work.pool.query(
    `select extract(epoch from claim_expires_at - now())::int as left from absurd."r_${work.queue}"`,
  );
  expect(left.rows[0].left).toBeGreaterThan(3_500);

  await pressFor(page, "l", dialog(page));
  await work.pool.query("select absurd.complete_run($1, $2, 'null')", [work.queue, rows[0].run_id]);
  await dialog(page).getByRole("button", { name: "Extend" }).click();
  await expect(dialog(page).getByRole("alert")).toContainText(/nothing was changed/i);
});
