import type { Page } from "@playwright/test";
import { startDashboard } from "./support/dashboard";
import { expect, test } from "./support/fixtures";
import { pressFor } from "./support/keys";

const dialog = (page: Page) => page.getByRole("dialog");
const verdict = (page: Page) => page.getByRole("region", { name: "Diagnosis" });
const state = (page: Page, name: string) =>
  expect(page.getByRole("main").getByText(name, { exact: true }).first()).toBeVisible();

test("an attempt shows that it was slow for its task name and how its error changed", async ({
  page,
  work,
}) => {
  work.app.registerTask({ name: "quick" }, async () => "done");
  for (let n = 0; n < 10; n++) await work.app.spawn("quick", {});
  let tries = 0;
  work.app.registerTask({ name: "slow" }, async (params: { slow: boolean }) => {
    if (!params.slow) return;
    tries += 1;
    await new Promise((resolve) => setTimeout(resolve, 400));
    if (tries === 2) throw new Error("no route to order 17");
    throw new Error(tries === 1 ? "no route to order 4" : "card declined");
  });
  for (let n = 0; n < 10; n++) await work.app.spawn("slow", { slow: false });
  const { taskID } = await work.app.spawn("slow", { slow: true }, { maxAttempts: 3 });
  await work.startWorker();

  await page.goto(`${work.taskUrl(taskID)}?tab=attempts`);
  await state(page, "failed");
  const attempt = (n: number) => page.locator(`#attempt-${n}`);
  await expect(attempt(1).locator('[data-tip^="Slower than usual"]')).toContainText(
    /^\(usually [\d.]+ m?s\)$/,
  );
  await expect(attempt(2)).toContainText("Same error as attempt 1, apart from ids, times");
  const change = attempt(3).getByRole("button", { name: /^Different error from attempt 2/ });
  await change.click();
  const lines = attempt(3).getByRole("region", { name: "Changes since attempt 2" });
  await expect(lines).toContainText("− Error: no route to order 17");
  await expect(lines).toContainText("+ Error: card declined");
  await attempt(3)
    .getByRole("button", { name: /library frames?/ })
    .first()
    .click();
  await expect(attempt(3)).toContainText("node_modules/absurd-sdk");
});

test("a task links its copies, and a copy its original", async ({ page, work }) => {
  work.app.registerTask({ name: "ship" }, async () => "shipped");
  const { taskID } = await work.app.spawn("ship", {});
  await work.startWorker();
  await page.goto(work.taskUrl(taskID));
  await state(page, "completed");
  await pressFor(page, "a", dialog(page));
  await dialog(page).getByRole("button", { name: "Run again" }).click();
  await page.getByRole("link", { name: "Open task" }).click();
  // Until the copy's page has loaded, the original's tabs would receive the click.
  await expect(page).not.toHaveURL(new RegExp(taskID));
  await page.getByRole("tab", { name: "Related" }).click();
  await page.getByRole("link", { name: /ship .* Run again/ }).click();
  await expect(page).toHaveURL(new RegExp(taskID));
  await page.getByRole("tab", { name: "Related" }).click();
  await expect(page.getByRole("link", { name: /ship .* Run again/ })).toHaveCount(1);
});

test("the diagnosis of a cancelled task offers to run it again", async ({ page, work }) => {
  const { taskID } = await work.app.spawn("orphan", {}, { queue: work.queue });
  await work.app.cancelTask(taskID);
  await page.goto(work.taskUrl(taskID));
  await verdict(page).getByRole("button", { name: "Run again" }).click();
  await expect(dialog(page)).toContainText("Run task again");
});

test("the diagnosis of a running task offers to extend its lease", async ({ page, work }) => {
  const { taskID } = await work.app.spawn("held", {}, { queue: work.queue });
  await work.pool.query("select absurd.claim_task($1, 'silent', 60, 1)", [work.queue]);
  await page.goto(work.taskUrl(taskID));
  await verdict(page).getByRole("button", { name: "Extend lease" }).click();
  await dialog(page).getByRole("button", { name: "Extend", exact: true }).click();
  await expect(page.getByText("Lease extended")).toBeVisible();
});

test("each unavailable action shows the reason", async ({ page, work }) => {
  work.app.registerTask({ name: "ship" }, async () => "shipped");
  const { taskID } = await work.app.spawn("ship", {});
  await work.startWorker();
  await page.goto(work.taskUrl(taskID));
  await state(page, "completed");
  await pressFor(page, "m", dialog(page));
  for (const [action, reason] of [
    [/^Retry/, "Only failed tasks can be retried; this one has completed."],
    [/^Reschedule/, "Not available: task has completed."],
    [/^Emit event/, "Not available: task has completed."],
    [/^Extend lease/, "Not available: task has completed."],
    [/^Fork/, "No completed step."],
    [/^Cancel/, "Not available: task has completed."],
  ] as const) {
    const line = dialog(page).getByRole("button", { name: action });
    await expect(line).toContainText(reason);
    await expect(line).toHaveAttribute("aria-disabled", "true");
  }
  await page.keyboard.press("Escape");
  await page.keyboard.press("c");
  await expect(dialog(page)).toHaveCount(0);
});

test("a retry changes nothing if the task was already retried", async ({ page, work }) => {
  work.app.registerTask({ name: "charge" }, async () => {
    throw new Error("declined");
  });
  const { taskID } = await work.app.spawn("charge", {}, { maxAttempts: 1 });
  const worker = await work.startWorker();
  await page.goto(work.taskUrl(taskID));
  await state(page, "failed");
  await worker.close();
  await pressFor(page, "t", dialog(page));
  await work.app.retryTask(taskID, { maxAttempts: 2 });
  await dialog(page).getByRole("button", { name: "Retry", exact: true }).click();
  await expect(dialog(page).getByRole("alert")).toContainText(/nothing was changed/i);
  const { rows } = await work.pool.query(
    `select max_attempts, attempts from absurd."t_${work.queue}" where task_id = $1`,
    [taskID],
  );
  expect(rows).toEqual([{ max_attempts: 2, attempts: 2 }]);
});

test("emitting an event that was just emitted keeps its first payload", async ({ page, work }) => {
  work.app.registerTask({ name: "wait" }, (_params, ctx) => ctx.awaitEvent("paid"));
  const { taskID } = await work.app.spawn("wait", {});
  await work.startWorker();
  await page.goto(work.taskUrl(taskID));
  await state(page, "sleeping");
  await verdict(page).getByRole("button", { name: "Emit event" }).click();
  await expect(dialog(page)).toContainText("paid");
  // Once the preview has found that the event isn't emitted yet.
  await expect(dialog(page).getByRole("button", { name: /^Emit/ })).toBeEnabled();
  await work.app.emitEvent("paid", { by: "the shop" });
  // If the preview shows the emit first, the button is disabled.
  const emit = dialog(page).getByRole("button", { name: /^Emit/ });
  await emit.click({ timeout: 3_000 }).catch(() => expect(emit).toBeDisabled());
  await expect(dialog(page)).toContainText(/already emitted/i);
  await expect
    .poll(() => work.app.fetchTaskResult(taskID))
    .toEqual({ state: "completed", result: { by: "the shop" } });
});

test("a reschedule changes nothing if the time was moved in between", async ({ page, work }) => {
  work.app.registerTask({ name: "nap" }, async (_params, ctx) => ctx.sleepFor("nap", 3_600));
  const { taskID } = await work.app.spawn("nap", {});
  const worker = await work.startWorker();
  await page.goto(work.taskUrl(taskID));
  await state(page, "sleeping");
  await worker.close();
  await pressFor(page, "s", dialog(page));
  await dialog(page).getByRole("radio", { name: "Now" }).check();
  await work.pool.query(
    `update absurd."r_${work.queue}" set available_at = available_at + interval '1 hour'`,
  );
  await dialog(page).getByRole("button", { name: "Reschedule" }).click();
  await expect(dialog(page).getByRole("alert")).toContainText(/nothing was changed/i);
});

test("a redacted value never reaches the browser, and an edited copy keeps it", async ({
  page,
  work,
}) => {
  const secret = "hunter2-in-the-clear";
  const { taskID } = await work.app.spawn(
    "login",
    { user: "ann", password: secret },
    { queue: work.queue, headers: { authorization: `Bearer ${secret}` } },
  );
  await work.app.cancelTask(taskID);
  const dashboard = await startDashboard({
    DATABASE_URL: process.env.E2E_DATABASE_URL ?? "",
    DASHBOARD_REDACT: "password,headers.authorization",
  });
  const leaks: string[] = [];
  const reads: Promise<void>[] = [];
  const look = (url: string, text: string) => {
    if (text.includes(secret)) leaks.push(url);
  };
  // The event stream of a page never finishes, so its messages are read one by one.
  page.on("requestfinished", (request) => {
    const body = request.response().then((response) => response?.text() ?? "");
    reads.push(
      body.then(
        (text) => look(request.url(), text),
        () => {},
      ),
    );
  });
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  network.on("Network.eventSourceMessageReceived", ({ data }) => look("an event", data));
  try {
    const url = `${dashboard.url}${work.taskUrl(taskID)}`;
    for (const tab of ["payloads", "raw", "related", "attempts"]) {
      await page.goto(`${url}?tab=${tab}`);
      await state(page, "cancelled");
    }
    await page.goto(`${url}?tab=payloads`);
    await expect(page.getByText('"[redacted 1]"').first()).toBeVisible();
    await pressFor(page, "a", dialog(page));
    const params = dialog(page).getByRole("textbox", { name: "Params" });
    await params.fill((await params.inputValue()).replace("ann", "bob"));
    await dialog(page).getByRole("button", { name: "Run with edits" }).click();
    await expect(page.getByText("Copy spawned")).toBeVisible();
    const { rows } = await work.pool.query(
      `select params from absurd."t_${work.queue}" order by task_id desc limit 1`,
    );
    expect(rows[0].params).toEqual({ user: "bob", password: secret });
    look("the page", await page.content());
    await Promise.all(reads);
    expect(reads.length).toBeGreaterThan(4);
    expect(leaks).toEqual([]);
  } finally {
    await dashboard.stop();
  }
});
