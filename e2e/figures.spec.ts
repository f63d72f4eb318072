import type { Page } from "@playwright/test";
import { claimTasks } from "../lib/absurd/runs/runs";
import { expect, test, type Work } from "./support/fixtures";

/** Three orders that fail with the same error but different values; resolves once `failed` tasks have failed. */
async function failThree(work: Work, name: string, failed = 3) {
  let broken = true;
  work.app.registerTask({ name }, async (params) => {
    if (broken)
      throw new Error(`no answer for order ${(params as { id: number }).id} in 30s\nat line 1`);
    return "done";
  });
  for (let id = 1; id <= 3; id++) await work.app.spawn(name, { id }, { maxAttempts: 1 });
  await work.startWorker();
  await expect.poll(() => countTasks(work, "failed")).toBe(failed);
  return {
    mend: () => {
      broken = false;
    },
  };
}

async function countTasks(work: Work, state: string): Promise<number> {
  const { rows } = await work.pool.query(
    `select count(*)::int as n from absurd."t_${work.queue}" where state = $1`,
    [state],
  );
  return rows[0].n;
}

const failures = (work: Work) => `/failures?range=1h&queue=${work.queue}`;
const cause = (page: Page, name: string) => page.getByRole("button", { name });

test("failures that differ only in values form one error group, which links to its tasks", async ({
  page,
  work,
}) => {
  await failThree(work, "ship-order");
  await page.goto(failures(work));
  const row = page.getByRole("listitem").filter({ has: cause(page, "ship-order") });
  await expect(row).toContainText("no answer for order <n> in <n>s");
  await expect(row.getByRole("link", { name: "3 failed" })).toBeVisible();
  await cause(page, "ship-order").click();
  await expect(page).toHaveURL(/group=[0-9a-f]{12}/);
  const latest = page.getByRole("list", { name: "Latest failures of this group" });
  await expect(latest).toContainText("no answer for order 2 in 30s");

  await page.reload();
  await expect(latest).toContainText("no answer for order 1 in 30s");
  await latest.getByRole("link").first().click();
  await expect(page.getByRole("heading", { name: "ship-order" })).toBeVisible();
});

test("a whole error group can be retried", async ({ page, work }) => {
  const gateway = await failThree(work, "charge-order");
  await page.goto(failures(work));
  await cause(page, "charge-order").click();
  gateway.mend();
  await page.getByRole("button", { name: "Retry 3 failed tasks…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Retry 3" }).click();
  await expect.poll(() => countTasks(work, "completed"), { timeout: 30_000 }).toBe(3);
  await expect(page.getByRole("listitem").getByRole("link", { name: "3 recovered" })).toBeVisible();
});

test("several error groups are retried together, and the trace of an error is at hand", async ({
  page,
  work,
}) => {
  const ship = await failThree(work, "ship-order");
  const charge = await failThree(work, "charge-order", 6);
  await page.goto(failures(work));
  const chart = page.getByRole("region", { name: /^Failed attempts, / });
  await expect(chart.getByText("6", { exact: true })).toBeVisible();
  await chart.getByRole("button", { name: "Table" }).click();
  await expect(chart.getByRole("columnheader", { name: "Failed attempts" })).toBeVisible();

  const groups = page.getByRole("list", { name: "Error groups" });
  await cause(page, "ship-order").click();
  await page.getByRole("button", { name: "Show the latest error with its trace" }).click();
  await expect(groups.locator("pre")).toBeVisible();

  await expect(groups.getByRole("checkbox")).toHaveCount(2);
  for (const at of [0, 1]) await groups.getByRole("checkbox").nth(at).click();
  ship.mend();
  charge.mend();
  const selection = page.getByRole("region", { name: "Selection" });
  await expect(selection).toContainText("2 groups selected");
  await selection.getByRole("button", { name: "Retry 6 failed tasks…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Retry 6" }).click();
  await expect(selection).toHaveCount(0);
  await expect.poll(() => countTasks(work, "completed"), { timeout: 30_000 }).toBe(6);
});

test("failures can be filtered by queue and time range, and Back restores the previous filter", async ({
  page,
  work,
}) => {
  await failThree(work, "pack-order");
  await page.goto("/failures");
  await page.getByRole("combobox", { name: "Queue", exact: true }).selectOption(work.queue);
  await expect(cause(page, "pack-order")).toBeVisible();
  await page.getByRole("button", { name: "7 days" }).click();
  await expect(page).toHaveURL(/range=7d/);
  await expect(
    page.getByText("1 error group, 3 failed attempts in the last 7 days · all rows as of"),
  ).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("button", { name: "24 h", exact: true })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
});

test("a worker shows the task it holds and its expired lease", async ({ page, work }) => {
  const { taskID } = await work.app.spawn("slow-order", {}, { queue: work.queue });
  const worker = `${work.queue}:4711`;
  await claimTasks(work.pool, work.queue, { workerId: worker, claimTimeoutSeconds: 4 });
  await page.goto("/workers");
  const row = page.getByRole("row").filter({ hasText: worker });
  await expect(row.getByRole("link", { name: /slow-order/ })).toHaveAttribute(
    "href",
    work.taskUrl(taskID),
  );
  await expect(row).toContainText("1 expired", { timeout: 30_000 });
});

test("the overview shows a chart or a table for any time range", async ({ page, work }) => {
  const violations: string[] = [];
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) violations.push(message.text());
  });
  await failThree(work, "bill-order");
  await page.goto("/");
  await expect(page.getByRole("img", { name: /Attempts started in the last hour/ })).toBeVisible();
  await expect(page.locator("canvas")).toBeVisible();
  await page.getByRole("button", { name: "Table" }).click();
  await expect(page.getByRole("region", { name: "Throughput as a table" })).toBeVisible();
  await page.getByRole("button", { name: "24 h", exact: true }).click();
  await expect(page).toHaveURL(/range=24h/);
  await page.getByRole("button", { name: "By queue" }).click();
  await expect(page.getByText("attempts started, last 24 h")).toBeVisible();
  expect(violations).toEqual([]);
});
