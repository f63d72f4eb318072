/**
 * `npm run bench:first-load [-- --url http://127.0.0.1:3000]`: opens the list of tasks of a running dashboard in
 * Chromium. Measures the scripts it loads before any input, its largest paint, and with 200 rows how long interactions
 * take until they are painted. Ends with exit code 1 when a limit is passed.
 */
import { parseArgs } from "node:util";
import { chromium, type Page } from "@playwright/test";
import { interactionToPaint, largestPaint, watchPaints } from "@/bench/first-load/paint";
import { loadedScripts } from "@/bench/first-load/scripts";
import { BROWSER_ARGS, findBrowser } from "@/testing/browser";

const LIMITS = { scriptBytes: 200_000, largestPaint: 1_000, interaction: 100 };
const VISITS = 5;
const ROUNDS = 5;

const { values } = parseArgs({ options: { url: { type: "string" } } });
const url = values.url ?? "http://127.0.0.1:3000";
const executablePath = findBrowser();
const browser = await chromium.launch({
  args: BROWSER_ARGS,
  ...(executablePath && { executablePath }),
});
const INTERACTIONS: Record<string, (page: Page) => Promise<void>> = {
  "move to the next row": (page) => page.keyboard.press("j"),
  "select a row": (page) => page.keyboard.press("x"),
  "select all": (page) => page.getByLabel("Select all on this page").click(),
  "filter by state": (page) => page.getByRole("button", { name: /^completed/ }).click(),
  "open the columns": (page) => page.getByRole("button", { name: "Columns" }).click(),
  "type into the search": (page) => page.getByLabel("Filter tasks").pressSequentially("a"),
};
const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

let passed = true;
const report = (what: string, value: string, ok: boolean) => {
  passed &&= ok;
  console.log(`| ${what} | ${value} | ${ok ? "" : "over the limit"} |`);
};

/** Opens a page in a browser with an empty cache. */
async function open<T>(path: string, use: (page: Page) => Promise<T>): Promise<T> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await watchPaints(page);
  await page.goto(url + path, { waitUntil: "load" });
  await page.locator("[data-row]").first().waitFor();
  // What loads by itself afterwards, such as prefetched pages, counts too.
  await page.waitForTimeout(2_000);
  const result = await use(page);
  await context.close();
  return result;
}

try {
  console.log("\n| Tasks page | measured | |\n|---|--:|---|");
  const scripts = await open("/tasks", loadedScripts);
  const bytes = scripts.reduce((sum, script) => sum + script.gzip, 0);
  report("scripts, compressed", `${(bytes / 1000).toFixed(1)} kB`, bytes <= LIMITS.scriptBytes);
  const paints: number[] = [];
  for (let visit = 0; visit < VISITS; visit++) paints.push(await open("/tasks", largestPaint));
  const paint = median(paints);
  report("largest contentful paint", `${paint.toFixed(0)} ms`, paint <= LIMITS.largestPaint);

  await open("/tasks?limit=200", async (page) => {
    const rows = await page.locator("[data-row]").count();
    for (const [what, act] of Object.entries(INTERACTIONS)) {
      const times: number[] = [];
      for (let round = 0; round < ROUNDS; round++)
        times.push(await interactionToPaint(page, () => act(page)));
      const time = median(times);
      report(`${what}, ${rows} rows`, `${time.toFixed(0)} ms`, time <= LIMITS.interaction);
    }
  });
  console.log(`\n${scripts.map(({ name, gzip }) => `${gzip} ${name}`).join("\n")}`);
} finally {
  await browser.close();
}
process.exitCode = passed ? 0 : 1;
