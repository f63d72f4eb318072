import type { Page } from "@playwright/test";
import { expect, test } from "./support/fixtures";

const dialog = (page: Page) => page.getByRole("dialog");
const state = (page: Page, name: string) =>
  expect(page.getByRole("main").getByText(name, { exact: true }).first()).toBeVisible();

test("I cancel a sleeping order and no worker ever runs it again", async ({ page, work }) => {
  let wakes = 0;
  work.app.registerTask({ name: "ship-order" }, async (_params, ctx) => {
    await ctx.sleepFor("cool-off", 10);
    wakes += 1;
  });
  const { taskID } = await work.app.spawn("ship-order", { order: 42 });
  await work.startWorker();

  await page.goto(work.taskUrl(taskID));
  await state(page, "sleeping");
  await page
    .getByRole("button", { name: /^Cancel/ })
    .first()
    .click();
  await expect(dialog(page)).toContainText("ship-order");
  await dialog(page).getByRole("button", { name: "Cancel task" }).click();
  await expect(page.getByText("Task cancelled")).toBeVisible();
  await state(page, "cancelled");

  // Another task with the same sleep proves that the worker polled after the wake time.
  const witness = await work.app.spawn("ship-order", { order: 43 });
  await expect
    .poll(async () => (await work.app.fetchTaskResult(witness.taskID))?.state, { timeout: 30_000 })
    .toBe("completed");
  expect(wakes).toBe(1);
  expect((await work.app.fetchTaskResult(taskID))?.state).toBe("cancelled");
});

test("I run a task in backoff now and watch the worker finish it", async ({ page, work }) => {
  let tries = 0;
  work.app.registerTask({ name: "charge-card" }, async () => {
    tries += 1;
    if (tries === 1) throw new Error("gateway did not answer");
    return { charged: true };
  });
  const { taskID } = await work.app.spawn(
    "charge-card",
    {},
    { maxAttempts: 3, retryStrategy: { kind: "fixed", baseSeconds: 3600 } },
  );
  await work.startWorker();

  await page.goto(work.taskUrl(taskID));
  await expect(page.getByText("gateway did not answer").first()).toBeVisible();
  await page.getByRole("button", { name: /^Reschedule/ }).click();
  await dialog(page).getByRole("radio", { name: "Now" }).check();
  await dialog(page).getByRole("button", { name: "Reschedule" }).click();
  await expect(page.getByText("Rescheduled")).toBeVisible();
  await state(page, "completed");
  expect(tries).toBe(2);
});

test("I end a durable sleep now and watch the worker finish the task", async ({ page, work }) => {
  work.app.registerTask({ name: "nightly-report" }, async (_params, ctx) => {
    await ctx.step("collect", async () => "rows");
    await ctx.sleepFor("until-midnight", 86_400);
    return { sent: true };
  });
  const { taskID } = await work.app.spawn("nightly-report", {});
  await work.startWorker();

  await page.goto(work.taskUrl(taskID));
  await state(page, "sleeping");
  await page.getByRole("button", { name: /^Reschedule/ }).click();
  await expect(dialog(page)).toContainText("until-midnight");
  await dialog(page).getByRole("radio", { name: "Now" }).check();
  await dialog(page).getByRole("button", { name: "Reschedule" }).click();
  await state(page, "completed");
});

test("I reschedule to a time in ISO, and an unfinished or impossible one keeps the button disabled", async ({
  page,
  work,
}) => {
  const { taskID } = await work.app.spawn("report", {}, { queue: work.queue });
  await page.goto(work.taskUrl(taskID));
  await page.getByRole("button", { name: /^Reschedule/ }).click();
  await dialog(page).getByRole("radio", { name: "At a time" }).check();
  const time = dialog(page).getByRole("textbox", { name: "Date and time (UTC)" });
  await expect(time).toHaveValue(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  const confirm = dialog(page).getByRole("button", { name: "Reschedule" });
  await expect(confirm).toBeEnabled();
  await time.fill("");
  await time.pressSequentially("03142027");
  await expect(confirm).toBeDisabled();
  for (const text of ["0002-03-14 12:00", "2027-02-30 12:00", "2099-03-14 20:2"]) {
    await time.fill(text);
    await expect(dialog(page)).toContainText("Not a date and time");
    await expect(confirm).toBeDisabled();
  }
  await time.fill("2099-03-14 20:27");
  await confirm.click();
  await expect(page.getByText("Rescheduled")).toBeVisible();
  const { rows } = await work.pool.query(
    `select available_at = '2099-03-14 20:27Z' as moved from absurd."r_${work.queue}"`,
  );
  expect(rows).toEqual([{ moved: true }]);
});

test("I emit the event an order waits for and watch it complete", async ({ page, work }) => {
  work.app.registerTask({ name: "fulfil-order" }, async (_params, ctx) => {
    return { parcel: await ctx.awaitEvent("shipment:42") };
  });
  const { taskID } = await work.app.spawn("fulfil-order", {});
  await work.startWorker();

  await page.goto(work.taskUrl(taskID));
  await state(page, "sleeping");
  await page
    .getByRole("button", { name: /^Emit event/ })
    .first()
    .click();
  await expect(dialog(page)).toContainText("Wakes 1 task");
  await dialog(page).getByRole("textbox", { name: "Payload" }).fill('{"id": 9007199254740993');
  await expect(dialog(page).getByRole("button", { name: /^Emit/ })).toBeDisabled();
  await dialog(page).getByRole("textbox", { name: "Payload" }).fill('{"id": 9007199254740993}');
  await dialog(page).getByRole("button", { name: "Emit and wake 1" }).click();
  await expect(page.getByText("Event emitted")).toBeVisible();
  await state(page, "completed");

  const { rows } = await work.pool.query(
    `select payload::text from absurd."e_${work.queue}" where event_name = 'shipment:42'`,
  );
  expect(rows[0].payload).toBe('{"id": 9007199254740993}');

  await page.goto(`/queues/${work.queue}/events`);
  await page
    .getByRole("button", { name: /^Emit event/ })
    .first()
    .click();
  await dialog(page).getByRole("textbox", { name: "Name" }).fill("shipment:42");
  await expect(dialog(page)).toContainText("Already emitted");
  await expect(dialog(page).getByRole("button", { name: "Emit", exact: true })).toBeDisabled();
});

test("I retry an exhausted payment to success", async ({ page, work }) => {
  let healthy = false;
  work.app.registerTask({ name: "capture-payment" }, async () => {
    if (!healthy) throw new TypeError("card declined");
    return "captured";
  });
  const { taskID } = await work.app.spawn("capture-payment", {}, { maxAttempts: 1 });
  await work.startWorker();

  await page.goto(work.taskUrl(taskID));
  await state(page, "failed");
  await expect(page.getByText("card declined").first()).toBeVisible();
  healthy = true;
  await page
    .getByRole("button", { name: /^Retry/ })
    .first()
    .click();
  await dialog(page).getByRole("button", { name: "Retry", exact: true }).click();
  await expect(page.getByText("Attempt 2 is queued")).toBeVisible();
  await state(page, "completed");
});

test("If the task ends while I confirm, I get an error and nothing changes", async ({
  page,
  work,
}) => {
  const { taskID } = await work.app.spawn("abandoned", {}, { queue: work.queue });
  await page.goto(work.taskUrl(taskID));
  await state(page, "pending");
  await page.getByRole("button", { name: /^Reschedule/ }).click();
  await dialog(page).getByRole("radio", { name: "Now" }).check();
  await work.app.cancelTask(taskID);
  await dialog(page).getByRole("button", { name: "Reschedule" }).click();
  await expect(dialog(page).getByRole("alert")).toContainText(/nothing was changed/i);
  await expect(dialog(page).getByRole("alert")).toContainText(/cancelled/);
});
