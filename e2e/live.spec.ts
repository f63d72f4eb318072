import { setTimeout as pause } from "node:timers/promises";
import type { Page } from "@playwright/test";
import { spawnTask } from "../lib/absurd/tasks/spawn";
import {
  createWorkflowRun,
  updateWorkflowRunStatus,
} from "../lib/absurd/workflow-runs/workflow-runs";
import { startDashboard } from "./support/dashboard";
import { expect, test, type Work } from "./support/fixtures";
import { open } from "./support/open";
import { setScene } from "./support/scene";

const rows = (page: Page) => page.locator("a[data-row]");
const indicator = (page: Page) =>
  page.getByRole("banner").getByText(/^(Live|Stale|Lost|Busy|Paused)/);

type ShownRow = { id: string; state: string; stale: boolean };

/** The rows on screen. */
function readRows(page: Page): Promise<ShownRow[]> {
  return page.locator("tbody tr").evaluateAll((all) =>
    all.flatMap((row) => {
      const id = row.querySelector("[data-row]")?.getAttribute("data-row")?.split("/").at(-1);
      const state = row.querySelectorAll("td")[1]?.textContent ?? "";
      return id ? [{ id, state: state.trim(), stale: row.hasAttribute("data-stale") }] : [];
    }),
  );
}

async function listStates({ pool, queue }: Work): Promise<Map<string, string>> {
  const { rows } = await pool.query(`select task_id as id, state from absurd."t_${queue}"`);
  return new Map(rows.map(({ id, state }) => [id, state]));
}

const ORDER = ["pending", "running", "completed"];

/**
 * Whether a task was in a state while these states were seen: a task may run for less than the time between two
 * samples.
 */
function wasIn(state: string, seen: (string | undefined)[]): boolean {
  const ranks = seen.flatMap((one) => (one === undefined ? [] : ORDER.indexOf(one)));
  const rank = ORDER.indexOf(state);
  return Math.min(...ranks) <= rank && rank <= Math.max(...ranks);
}

test("while 20 tasks arrive per second, every row on screen matches the database or is marked stale", async ({
  page,
  context,
  work,
  baseURL,
}) => {
  test.setTimeout(240_000);
  await context.addCookies([{ name: "refresh", value: "2", url: baseURL ?? "" }]);
  const { app, queue, pool } = work;
  app.registerTask({ name: "short" }, async (_params, task) => {
    await task.step("wait", () => pause(40));
  });
  for (let n = 0; n < 60; n++) await spawnTask(pool, queue, "short", null);
  await open(page, `/queues/${queue}/tasks`);
  await expect(rows(page)).toHaveCount(50);
  const first = (await readRows(page)).map(({ id }) => id);
  /** Duration of the slowest request. The indicator shows the age of the latest result, which may be of another one. */
  let slowest = 0;
  page.on("requestfinished", (request) => {
    if (/\/api\/(?!live)/.test(request.url()))
      slowest = Math.max(slowest, request.timing().responseEnd);
  });
  await work.startWorker();

  /** Recent states in the database, newest last. */
  const history: { at: number; states: Map<string, string> }[] = [];
  const start = Date.now();
  let isOver = false;
  let spawned = 0;
  const spawning = (async () => {
    while (!isOver) {
      const due = Math.floor((Date.now() - start) / 50);
      for (; spawned < due; spawned++) await spawnTask(pool, queue, "short", null);
      await pause(20);
    }
  })();
  const watching = (async () => {
    while (!isOver) {
      history.push({ at: Date.now(), states: await listStates(work) });
      await pause(250);
    }
  })();
  const wrong: string[] = [];
  let seconds = 0;
  try {
    // A minute, and longer on a machine that can't compare all rows within a second.
    while (Date.now() < start + 60_000 || seconds <= 40) {
      await pause(1_000);
      const age = Number(/(\d+) s ago/.exec(await indicator(page).innerText())?.[1] ?? 0);
      const shown = await readRows(page);
      const now = Date.now();
      // Half a second for the rounding of each clock, and one second between the response and its text.
      const since = now - age * 1_000 - 2_000 - slowest;
      // The last sample before that has the states of then.
      const before = history.findLastIndex(({ at }) => at <= since);
      const recent = history.slice(Math.max(0, before));
      seconds++;
      expect(shown.map(({ id }) => id)).toEqual(first);
      for (const { id, state, stale } of shown)
        if (
          !stale &&
          !wasIn(
            state,
            recent.map(({ states }) => states.get(id)),
          )
        )
          wrong.push(`second ${seconds}: ${id} shows ${state}, which it left ${age} s before`);
    }
  } finally {
    isOver = true;
  }
  await Promise.all([spawning, watching]);
  expect(wrong).toEqual([]);
  expect(spawned).toBeGreaterThan(1_000);
  // Rows that hundreds of newer ones pushed off the first page have long completed, and show that.
  await expect
    .poll(async () => new Set((await readRows(page)).map(({ state }) => state)))
    .toEqual(new Set(["completed"]));
  await expect(page.getByRole("button", { name: "50+ new" })).toBeVisible();
});

test("workflow runs on screen stay and are refreshed while newer ones are counted", async ({
  page,
  context,
  work,
  baseURL,
}) => {
  await context.addCookies([{ name: "refresh", value: "2", url: baseURL ?? "" }]);
  const { pool, queue } = work;
  const create = (workflowName: string) =>
    createWorkflowRun(pool, queue, { workflowName, workflowVersion: "1", tenantId: queue });
  const first = await create("first");
  await create("second");
  await open(page, `/workflows?tenant=${queue}&limit=2`);
  const names = page.locator("tr[data-run] [data-row]");
  await expect(names).toHaveText(["second", "first"]);
  await create("third");
  await expect(page.getByRole("button", { name: "1 new", exact: true })).toBeVisible();
  await create("fourth");
  await expect(page.getByRole("button", { name: "2+ new", exact: true })).toBeVisible();

  // No longer on the latest page, which has two rows.
  const row = page.locator(`tr[data-run="${first}"]`);
  await expect(row).toContainText("pending");
  await updateWorkflowRunStatus(pool, first, "running");
  await expect(row).toContainText("running");
  await updateWorkflowRunStatus(pool, first, "completed");
  await expect(row).toContainText("completed");
  await expect(names).toHaveText(["second", "first"]);

  // The first page can still be read: only the rows that it no longer has are out of date.
  await page.route(/\/api\/workflows\?.*run=/, (route) =>
    route.fulfill({ status: 500, json: { error: { code: "internal", message: "Failed." } } }),
  );
  await expect(row).toHaveAttribute("data-stale", /Z$/, { timeout: 30_000 });
  await expect(row).toContainText(/stale, .* old/);
  await page.unroute(/\/api\/workflows\?.*run=/);
  await expect(row).not.toHaveAttribute("data-stale");

  await page.getByRole("button", { name: "2+ new", exact: true }).click();
  await expect(names).toHaveText(["fourth", "third"]);
  await create("fifth");
  await expect(page.getByRole("button", { name: "1 new", exact: true })).toBeVisible();
  await page.keyboard.press("r");
  await expect(names).toHaveText(["fifth", "fourth"]);
});

test("error groups come with the page, and the samples of a group when it is opened", async ({
  page,
  work,
}) => {
  const { failed } = await setScene(work);
  const address = `/failures?range=1h&queue=${work.queue}`;
  // A page does not wait long for figures: on a busy machine they come with a later one.
  const load = async (url: string) => (await page.request.get(url)).text();
  await expect.poll(() => load(address)).toContain("card declined");
  expect(await load(address)).not.toContain(failed);
  await open(page, address);
  await page.getByRole("list", { name: "Error groups" }).locator("button").first().click();
  const samples = page.getByRole("list", { name: "Latest failures of this group" });
  await expect(samples.locator(`a[href$="${failed}"]`)).toBeVisible();
  // A link to an open group has its samples at once.
  await expect.poll(() => load(page.url())).toContain(failed);
});

test("a server that stops and starts again under an open tab is noticed, and the page goes on", async ({
  page,
  work,
}) => {
  const databaseUrl = process.env.E2E_DATABASE_URL ?? "";
  const before = await startDashboard({ DATABASE_URL: databaseUrl });
  let after: Awaited<ReturnType<typeof startDashboard>> | undefined;
  try {
    await spawnTask(work.pool, work.queue, "early", null);
    await open(page, `${before.url}/queues/${work.queue}/tasks`);
    await expect(rows(page)).toHaveText(["early"]);
    await expect(indicator(page)).toHaveText(/^Live/);
    await before.stop();
    await expect(page.getByText(/Connection to the dashboard’s server lost/)).toBeVisible({
      timeout: 20_000,
    });
    await expect(indicator(page)).toHaveText(/^Lost/);
    await expect(page.getByText("Database connected")).toBeHidden();
    await spawnTask(work.pool, work.queue, "late", null);
    after = await startDashboard({ DATABASE_URL: databaseUrl, PORT: new URL(before.url).port });
    await expect(page.getByText(/Connection to the dashboard’s server lost/)).toBeHidden({
      timeout: 20_000,
    });
    await expect(indicator(page)).toHaveText(/^Live/);
    await page.getByRole("button", { name: "1 new" }).click();
    await expect(rows(page)).toHaveText(["late", "early"]);
  } finally {
    await before.stop();
    await after?.stop();
  }
});

test("an action in one tab is shown in another within seconds, and its dialog doesn't wait for that", async ({
  page,
  context,
  work,
}) => {
  const { taskId } = await spawnTask(work.pool, work.queue, "shared", null);
  const other = await context.newPage();
  await open(other, `/queues/${work.queue}/tasks`);
  await expect(other.locator("tbody")).toContainText("pending");
  await open(page, work.taskUrl(taskId));
  await page.keyboard.press("c");
  await page.getByRole("dialog").getByRole("button", { name: "Cancel task" }).click();
  await expect(page.getByRole("dialog")).toBeHidden({ timeout: 3_000 });
  await expect(page.locator("h1 + *")).toContainText("cancelled", { timeout: 3_000 });
  await expect(other.locator("tbody")).toContainText("cancelled", { timeout: 8_000 });
});

test("an action is reported when it is done, however long the page takes to be read again", async ({
  page,
  work,
}) => {
  const { taskId } = await spawnTask(work.pool, work.queue, "slow to read", null);
  await open(page, work.taskUrl(taskId));
  const held: (() => Promise<void>)[] = [];
  await page.route("**/api/**", (route) => {
    if (route.request().method() === "GET") held.push(() => route.continue());
    else return route.continue();
  });
  await page.keyboard.press("c");
  await page.getByRole("dialog").getByRole("button", { name: "Cancel task" }).click();
  await expect(page.getByText("Task cancelled")).toBeVisible();
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect.poll(() => held.length).toBeGreaterThan(0);
  await expect(page.locator("h1 + *")).toContainText("pending");
  await page.unroute("**/api/**");
  // A request that the page has given up by now cannot be continued.
  await Promise.all(held.map((release) => release().catch(() => undefined)));
  await expect(page.locator("h1 + *")).toContainText("cancelled");
});

test("when every read fails, the page is stale, its clocks stop, and no database is called connected", async ({
  page,
  context,
  work,
  baseURL,
}) => {
  await context.addCookies([{ name: "refresh", value: "2", url: baseURL ?? "" }]);
  await spawnTask(work.pool, work.queue, "old", null);
  await open(page, `/queues/${work.queue}/tasks`);
  await expect(indicator(page)).toHaveText(/^Live/);
  const error = { code: "internal", message: "Request failed inside the dashboard." };
  await page.route("**/api/**", (route) => route.fulfill({ status: 500, json: { error } }));
  await spawnTask(work.pool, work.queue, "new", null);
  await expect(indicator(page)).toHaveText(/^Stale/);
  await expect(page.getByText(/Some data could not be refreshed/)).toBeVisible();
  await expect(page.locator("[role=status]", { hasText: "Stale: last refreshed" })).toBeVisible({
    timeout: 20_000,
  });
  const ages = () => page.locator("tbody time:not([data-stale-mark] *)").allInnerTexts();
  const stopped = await ages();
  await pause(3_000);
  expect(await ages()).toEqual(stopped);
  await expect(indicator(page)).toHaveText(/^Lost/, { timeout: 40_000 });
  await expect(page.getByText("Database connected")).toBeHidden();
  await page.unroute("**/api/**");
  await expect(indicator(page)).toHaveText(/^Live/);
  await expect(page.locator("[role=status]", { hasText: "Stale: last refreshed" })).toBeHidden();
});

/** Pages with lists or figures that are read as a whole, apart from tasks and workflow runs. */
const READ_AS_A_WHOLE: Record<string, (queue: string) => string> = {
  "the overview": () => "/?range=1h",
  "the error groups": (queue) => `/failures?range=1h&queue=${queue}`,
  "the events of all queues": () => "/events",
  "the events of a queue": (queue) => `/queues/${queue}/events`,
  "the workers": (queue) => `/workers?queue=${queue}`,
  "the queues": () => "/queues",
  "one queue": (queue) => `/queues/${queue}`,
  "the audit log": (queue) => `/audit?queue=${queue}`,
  "the bulk operations": () => "/bulk",
  "the settings": () => "/settings",
};

for (const [name, address] of Object.entries(READ_AS_A_WHOLE))
  test(`when ${name} can't be refreshed, the page shows its age and stops its clocks`, async ({
    page,
    work,
  }) => {
    await setScene(work);
    await page.clock.install();
    // Without the stream, nothing confirms that the data is still current.
    await page.route("**/api/live**", (route) => route.abort());
    await open(page, address(work.queue));
    const stale = page.locator("main [role=status]", { hasText: "Stale: last refreshed" });
    await expect(stale).toHaveCount(0);
    // Figures that take long come with a request of the browser.
    await expect(page.locator("main [aria-label=Loading]")).toHaveCount(0);
    await page.route("**/api/**", (route) => route.abort());
    await page.clock.fastForward("03:00");
    await expect(stale.first()).toContainText("3 min");
    const ages = () => page.locator("main time").allInnerTexts();
    const stopped = await ages();
    await page.clock.fastForward("05:00");
    await expect(stale.first()).toContainText("8 min");
    expect(await ages()).toEqual(stopped);
    await page.unroute("**/api/**");
    await page.clock.fastForward("01:00");
    await expect(stale).toHaveCount(0);
  });

test("a preview without a response shows the reason and can be retried", async ({ page, work }) => {
  await spawnTask(work.pool, work.queue, "one", null);
  await open(page, `/queues/${work.queue}/tasks`);
  await page.route("**/api/previews/**", (route) => route.abort());
  await page.getByRole("button", { name: "Bulk", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("radio", { name: "Cancel", exact: true }).check();
  await expect(dialog).toContainText("server is not responding");
  await expect(indicator(page)).toHaveText(/^Live/);
  await page.unroute("**/api/previews/**");
  await dialog.getByRole("button", { name: "Try again" }).click();
  await expect(dialog).toContainText("1 will be cancelled");
});
