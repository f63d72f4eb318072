/**
 * `npm run bench:first-load`: opens every page of the built dashboard (`next build` first) in Chromium with an empty
 * cache, on its own database. Compares the scripts that each page loads before any input, compressed as in the package,
 * with its budget; with `--update` the measured sizes become the budgets. Then measures the task list: its largest paint and, with 200 rows,
 * the time from interactions to their paint. Exits with 1 if a budget or limit is exceeded.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium, type Page } from "@playwright/test";
import { Absurd } from "absurd-sdk";
import { Pool } from "pg";
import { interactionToPaint, largestPaint, watchPaints } from "@/bench/first-load/paint";
import { ROUTES } from "@/bench/first-load/routes";
import { loadedScripts } from "@/bench/first-load/scripts";
import globalSetup from "@/e2e/support/global-setup";
import { setScene } from "@/e2e/support/scene";
import { createQueue } from "@/lib/absurd/queues/queues";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { compressAssets } from "@/scripts/package/compress-assets";
import { findApp } from "@/server/program";
import { BROWSER_ARGS, findBrowser } from "@/testing/browser";

const LIMITS = { largestPaint: 1_000, interaction: 100 };
/** Allowed deviation from the budget in both directions: a budget that is never updated is meaningless. */
const TOLERANCE = 0.03;
const VISITS = 5;
const ROUNDS = 5;
const ROWS = 200;
const QUEUE = "first_load";

const BUDGETS = fileURLToPath(new URL("budgets.json", import.meta.url));
const PAGES = fileURLToPath(new URL("../../app/(dashboard)", import.meta.url));

const INTERACTIONS: Record<string, (page: Page) => Promise<void>> = {
  "move to the next row": (page) => page.keyboard.press("j"),
  "select a row": (page) => page.keyboard.press("x"),
  "select all": (page) => page.getByLabel("Select all on this page").click(),
  "filter by state": (page) => page.getByRole("button", { name: /^completed/ }).click(),
  "open the columns": (page) => page.getByRole("button", { name: "Columns" }).click(),
  "type into the search": (page) => page.getByLabel("Filter tasks").pressSequentially("a"),
};

const { values } = parseArgs({ options: { update: { type: "boolean", default: false } } });
const folder = await findApp();
if (!folder) throw new Error("Build the dashboard first: npm run build.");
await compressAssets(folder);
const stop = await globalSetup();
const executablePath = findBrowser();
const browser = await chromium.launch({
  args: BROWSER_ARGS,
  ...(executablePath && { executablePath }),
});
let passed = true;
try {
  const scene = await fillDatabase();
  await measureScripts(scene);
  await measureList();
} finally {
  await browser.close();
  await stop();
}
process.exitCode = passed ? 0 : 1;

async function fillDatabase() {
  const pool = new Pool({ connectionString: process.env.E2E_DATABASE_URL, max: 4 });
  await createQueue(pool, QUEUE);
  const app = new Absurd({ db: pool, queueName: QUEUE });
  const unused = () => Promise.reject(new Error("no workers here"));
  const scene = await setScene({ queue: QUEUE, app, pool, startWorker: unused, taskUrl: String });
  for (let n = 0; n < ROWS; n++) await spawnTask(pool, QUEUE, "charge-card", { order: { id: n } });
  await pool.end();
  return scene;
}

async function measureScripts(scene: Awaited<ReturnType<typeof setScene>>): Promise<void> {
  const pages = readdirSync(PAGES, { recursive: true, encoding: "utf8" })
    .filter((file) => path.basename(file) === "page.tsx")
    .map((file) => path.dirname(file).replace(/^\.$/, ""));
  const missing = pages.filter((folder) => !(folder in ROUTES));
  if (missing.length > 0) throw new Error(`No address in routes.ts for ${missing.join(", ")}`);

  const budgets = JSON.parse(readFileSync(BUDGETS, "utf8")) as Record<string, number>;
  const measured: Record<string, number> = {};
  console.log("\n| Page | scripts, kB | budget | Brotli | |\n|---|--:|--:|--:|---|");
  for (const [folder, toAddress] of Object.entries(ROUTES)) {
    const scripts = await open(toAddress(QUEUE, scene), "main h1, main h2", loadedScripts);
    const kilobytes = scripts.reduce((sum, { gzip }) => sum + gzip, 0) / 1_000;
    const brotli = scripts.reduce((sum, script) => sum + script.brotli, 0) / 1_000;
    const route = `/${folder}`;
    measured[route] = Math.round(kilobytes * 10) / 10;
    const budget = values.update ? kilobytes : (budgets[route] ?? 0);
    const isOver = kilobytes > budget * (1 + TOLERANCE);
    const isUnder = kilobytes < budget * (1 - TOLERANCE);
    passed &&= !isOver && !isUnder;
    const note = isOver ? "over its budget" : isUnder ? "lower the budget" : "";
    const sizes = [kilobytes, budget, brotli].map((one) => one.toFixed(1)).join(" | ");
    console.log(`| ${route} | ${sizes} | ${note} |`);
  }
  if (values.update) writeFileSync(BUDGETS, `${JSON.stringify(measured, null, 2)}\n`);
}

async function measureList(): Promise<void> {
  console.log("\n| List of tasks | measured | |\n|---|--:|---|");
  const paints: number[] = [];
  for (let visit = 0; visit < VISITS; visit++)
    paints.push(await open("/tasks", "[data-row]", largestPaint));
  report("largest contentful paint", median(paints), LIMITS.largestPaint);
  await open(`/tasks?limit=${ROWS}`, "[data-row]", async (page) => {
    const rows = await page.locator("[data-row]").count();
    for (const [what, act] of Object.entries(INTERACTIONS)) {
      const times: number[] = [];
      for (let round = 0; round < ROUNDS; round++)
        times.push(await interactionToPaint(page, () => act(page)));
      report(`${what}, ${rows} rows`, median(times), LIMITS.interaction);
    }
  });
}

function report(what: string, milliseconds: number, limit: number): void {
  passed &&= milliseconds <= limit;
  const note = milliseconds <= limit ? "" : "over the limit";
  console.log(`| ${what} | ${milliseconds.toFixed(0)} ms | ${note} |`);
}

/**
 * Opens a page in a browser with an empty cache, and waits for its content and for everything that loads afterwards.
 */
async function open<T>(
  address: string,
  shown: string,
  use: (page: Page) => Promise<T>,
): Promise<T> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await watchPaints(page);
  await page.goto(`${process.env.E2E_BASE_URL}${address}`, { waitUntil: "load" });
  await page.locator(shown).first().waitFor({ state: "attached" });
  await page.waitForTimeout(2_000);
  const result = await use(page);
  await context.close();
  return result;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
