/**
 * `npm run bench:timeline`: opens a task with 40 attempts and 2,000 checkpoints in the built dashboard (`npm run build`
 * first), and measures in Chromium how long each input takes to its next paint. Exits with 1 if the 95th percentile of
 * one of them is above 100 ms.
 */
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { chromium, type Page } from "@playwright/test";
import { Client } from "pg";
import { ATTEMPTS, CHECKPOINTS, loadLongTask } from "@/bench/timeline/load";
import { type Measured, measure, observeInputs } from "@/bench/timeline/measure";
import { startEmbeddedPostgres } from "@/demo/postgres/embedded";
import { startDashboard } from "@/e2e/support/dashboard";
import { migrate } from "@/lib/db/migrate";
import { BROWSER_ARGS, findBrowser } from "@/testing/browser";

const LIMIT_MS = 100;
const TIMES = 20;

const directory = path.resolve(".cache/bench-timeline");
await rm(directory, { recursive: true, force: true });
await mkdir(directory, { recursive: true });
const server = await startEmbeddedPostgres({ directory });
const client = new Client({ connectionString: server.url("postgres") });
await client.connect();
await migrate(client, "engine");
await client.query("select absurd.create_queue('agents')");
const taskId = await loadLongTask(client, "agents");
const dashboard = await startDashboard({ DATABASE_URL: server.url("postgres") });
const executablePath = findBrowser();
const browser = await chromium.launch({
  args: BROWSER_ARGS,
  ...(executablePath && { executablePath }),
});
const results: Measured[] = [];
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await observeInputs(page);
  await page.goto(`${dashboard.url}/queues/agents/tasks/${taskId}`);
  await page.getByRole("region", { name: "Timeline" }).waitFor();
  await openAll(page);
  const timeline = page.getByRole("region", { name: "Timeline" });
  const step = timeline.getByRole("button", { name: /turn-/ });
  results.push(
    await measure(page, "select a step", TIMES, (time) => step.nth(3 + (time % 8)).click()),
    await measure(page, "next step by key", TIMES, () => page.keyboard.press("ArrowDown")),
    await measure(page, "zoom in and out", TIMES, (time) =>
      page.keyboard.press(time % 2 ? "-" : "+"),
    ),
    await measure(page, "pan", TIMES, (time) =>
      page.keyboard.press(time % 2 ? "ArrowLeft" : "ArrowRight"),
    ),
    await measure(page, "let go", TIMES, async (time) => {
      if (time % 2 === 0) await page.keyboard.press("Escape");
      else await step.nth(4).click();
    }),
    await measure(page, "fold and unfold an attempt", TIMES, () =>
      timeline
        .getByRole("button", { name: /attempt 1\b/i })
        .first()
        .click(),
    ),
    await measure(page, "hide idle time", TIMES, () =>
      page.getByRole("switch", { name: "Hide idle" }).click(),
    ),
    await measure(page, "another tab and back", TIMES, (time) =>
      page.getByRole("tab", { name: time % 2 ? "Timeline" : "Steps" }).click(),
    ),
  );
} finally {
  await browser.close();
  await dashboard.stop();
  await client.end();
  await server.stop();
}

console.log(
  `${ATTEMPTS} attempts, ${CHECKPOINTS} checkpoints, ${TIMES} inputs each; milliseconds to paint`,
);
console.table(results.map(({ name, p50, p95, max }) => ({ input: name, p50, p95, max })));
const slow = results.filter(({ p95 }) => p95 > LIMIT_MS);
if (slow.length > 0) {
  console.error(`above ${LIMIT_MS} ms: ${slow.map(({ name }) => name).join(", ")}`);
  process.exitCode = 1;
}

/** Expands the older attempts, for the longest possible list of rows. */
async function openAll(page: Page): Promise<void> {
  const folded = page
    .getByRole("region", { name: "Timeline" })
    .locator("button[aria-expanded=false]")
    .filter({ hasText: /^Attempt/ });
  const scroll = () =>
    page.evaluate(() => {
      const main = document.querySelector("main");
      const before = main?.scrollTop;
      main?.scrollBy(0, 400);
      return main?.scrollTop !== before;
    });
  do {
    await page.waitForTimeout(30);
    // Only rows near the viewport are rendered, so each scroll position has other rows.
    while ((await folded.count()) > 0) await folded.first().click();
  } while (await scroll());
  await page.evaluate(() => document.querySelector("main")?.scrollTo(0, 0));
  await page.waitForTimeout(200);
}
