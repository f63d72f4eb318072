/**
 * `npm run bench:graph`: speed of the pages of large runs, in Chromium on the built dashboard. Prints how long a run
 * takes to open and the longest task on the page's main thread during that time. For a run with a graph it also prints
 * the time between frames while the graph is dragged and zoomed, and from a click on an operator to the next paint.
 */
import { chromium, type Page } from "@playwright/test";
import { Absurd } from "absurd-sdk";
import { Pool } from "pg";
import globalSetup from "@/e2e/support/global-setup";
import { createQueue } from "@/lib/absurd/queues/queues";
import { WorkflowBuilder } from "@/lib/highway/builder/workflow-builder";
import { startWorkflow } from "@/lib/highway/run/start";
import { registerHighway } from "@/lib/highway/run/worker";
import { BROWSER_ARGS, findBrowser } from "@/testing/browser";

/** The larger run is listed in a table: it has more operators than a graph can show. */
const DRAWN = 300;
const LISTED = 3_000;
const OPENS = 5;
const CLICKS = 20;
const QUEUE = "wide";

const stop = await globalSetup();
try {
  await measure();
} finally {
  await stop();
}

async function measure(): Promise<void> {
  const pool = new Pool({ connectionString: process.env.E2E_DATABASE_URL, max: 4 });
  await createQueue(pool, QUEUE);
  const drawn = await startWideRun(pool, DRAWN);
  const listed = await startWideRun(pool, LISTED);
  await completeRuns(pool, [listed]);
  await pool.end();
  const executablePath = findBrowser();
  const browser = await chromium.launch({
    args: BROWSER_ARGS,
    ...(executablePath && { executablePath }),
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    // tsx marks functions with a helper that pages don't have.
    await page.addInitScript("globalThis.__name = (named) => named");
    await page.addInitScript(() => {
      const tasks: number[] = [];
      Object.assign(window, { tasks });
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) tasks.push(duration);
      }).observe({ type: "longtask", buffered: true });
    });
    await open(page, `completed run of ${LISTED} operators`, listed.workflowRunId, () =>
      page.getByRole("region", { name: "Operators" }).getByText("completed").nth(10).waitFor(),
    );
    await open(page, `pending run of ${DRAWN} operators`, drawn.workflowRunId, () =>
      page
        .locator("[data-node]")
        .nth(DRAWN - 1)
        .waitFor({ state: "attached" }),
    );
    await page.getByRole("button", { name: "Fit" }).click();
    report("drag", await countFrames(page, () => drag(page)));
    report("zoom", await countFrames(page, () => zoom(page)));
    report("click to paint", await clickOperators(page));
  } finally {
    await browser.close();
  }
}

type Started = { workflowRunId: string; taskId: string };

async function startWideRun(pool: Pool, operators: number): Promise<Started> {
  const builder = new WorkflowBuilder("wide");
  for (let n = 0; n < operators; n++)
    builder.task(`t${n}`, "f", n === 0 ? {} : { dependencies: [`t${Math.floor((n - 1) / 3)}`] });
  return startWorkflow(pool, QUEUE, builder.build());
}

/** Runs workflow runs with a worker until they have ended. */
async function completeRuns(pool: Pool, runs: readonly Started[]): Promise<void> {
  const app = new Absurd({ db: pool, queueName: QUEUE });
  registerHighway(app, { db: pool, queue: QUEUE, functions: { f: ({ path }) => path } });
  for (const { taskId } of runs)
    for (let state = ""; state !== "completed"; ) {
      await app.workBatch("bench", 600, 1);
      const { rows } = await pool.query<{ state: string }>(
        `select state from absurd.t_${QUEUE} where task_id = $1`,
        [taskId],
      );
      state = rows[0]?.state ?? "";
    }
}

/** Opens a run several times, and reports the durations and the longest tasks. */
async function open(
  page: Page,
  what: string,
  workflowRunId: string,
  isShown: () => Promise<void>,
): Promise<void> {
  const times: number[] = [];
  const longest: number[] = [];
  for (let count = 0; count < OPENS; count++) {
    await page.goto("about:blank");
    const began = performance.now();
    await page.goto(`${process.env.E2E_BASE_URL}/workflows/${workflowRunId}`, {
      waitUntil: "commit",
    });
    await isShown();
    times.push(performance.now() - began);
    await page.waitForTimeout(1_000);
    const tasks = await page.evaluate(() => (window as unknown as { tasks: number[] }).tasks);
    longest.push(Math.max(0, ...tasks));
  }
  report(`${what}: open`, times);
  report(`${what}: longest task of each`, longest);
}

/** Milliseconds between the frames that the browser painted during `act`. */
async function countFrames(page: Page, act: () => Promise<void>): Promise<number[]> {
  await page.evaluate(() => {
    const frames: number[] = [];
    Object.assign(window, { frames });
    const tick = (at: number) => {
      frames.push(at);
      Object.assign(window, { frame: requestAnimationFrame(tick) });
    };
    requestAnimationFrame(tick);
  });
  await act();
  const frames = await page.evaluate(() => {
    const { frames: all, frame } = window as unknown as { frames: number[]; frame: number };
    cancelAnimationFrame(frame);
    return all;
  });
  return frames.slice(1).map((at, index) => at - (frames[index] ?? at));
}

async function drag(page: Page): Promise<void> {
  const { x, y } = await middleOf(page);
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let step = 1; step <= 120; step++)
    await page.mouse.move(x + 200 * Math.sin(step / 12), y + 2 * step);
  await page.mouse.up();
}

async function zoom(page: Page): Promise<void> {
  const { x, y } = await middleOf(page);
  await page.mouse.move(x, y);
  for (let step = 0; step < 80; step++) await page.mouse.wheel(0, step < 40 ? -40 : 40);
}

async function middleOf(page: Page): Promise<{ x: number; y: number }> {
  const box = await page.getByRole("group", { name: "Operators of the workflow" }).boundingBox();
  if (!box) throw new Error("There is no graph.");
  return { x: box.x + box.width / 2, y: box.y + box.height / 4 };
}

/** Milliseconds from a click on an operator to the frame after the one that shows it selected. */
async function clickOperators(page: Page): Promise<number[]> {
  return page.evaluate(async (clicks) => {
    const nodes = [...document.querySelectorAll<SVGGElement>("[data-node]")];
    const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const times: number[] = [];
    for (let index = 0; index < clicks; index++) {
      const node = nodes[(index * 37) % nodes.length];
      const began = performance.now();
      node?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
      while (node?.getAttribute("aria-pressed") !== "true") await nextFrame();
      await nextFrame();
      times.push(performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return times;
  }, CLICKS);
}

function report(what: string, times: number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0).toFixed(1);
  console.log(
    `${what}: median ${at(0.5)} ms, p95 ${at(0.95)} ms, worst ${at(1)} ms (${times.length} measured)`,
  );
}
