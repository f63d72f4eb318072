/**
 * Whatever the database holds, every page and dialog opens: no crash, no error view, no value that could not be
 * printed, no character that reorders text or controls a terminal. ABSURD_LONG tries other values, and values of 100
 * MB.
 */
import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { Client } from "pg";
import { ACTION_WORDS } from "../components/tasks/actions/action-words";
import { TASK_ACTIONS, type TaskAction } from "../components/tasks/actions/availability";
import { migrate } from "../lib/db/migrate";
import { queueSegment } from "../lib/search-params/queue-segment";
import {
  type Hostile,
  type Oversized,
  storeHostile,
  storeOversized,
} from "../testing/scenes/hostile";
import { type Dashboard, startDashboard } from "./support/dashboard";
import { expect, test } from "./support/fixtures";
import { open } from "./support/open";

const isLong = Boolean(process.env.ABSURD_LONG);
const SEED = isLong ? Date.now() % 1_000_000 : 20_261_129;

// One database for all tests of this file, so they run in one process.
test.describe.configure({ mode: "default", timeout: isLong ? 600_000 : 120_000 });

let dashboard: Dashboard;
let stored: Hostile;
let sizes: Oversized;

test.beforeAll(async () => {
  test.setTimeout(isLong ? 600_000 : 120_000);
  const name = `hostile_${randomUUID().slice(0, 8)}`;
  const maintenance = new Client({ connectionString: process.env.E2E_SERVER_URL });
  await maintenance.connect();
  await maintenance.query(`create database ${name}`);
  await maintenance.end();
  const url = new URL(process.env.E2E_SERVER_URL ?? "");
  url.pathname = `/${name}`;
  const database = new Client({ connectionString: url.href });
  await database.connect();
  await migrate(database, "engine");
  await migrate(database, "dashboard");
  stored = await storeHostile(database, { seed: SEED, tasks: isLong ? 300 : 40 });
  sizes = await storeOversized(database, { bytes: isLong ? 100_000_000 : 2_000_000 });
  await database.end();
  dashboard = await startDashboard({ DATABASE_URL: url.href });
});
test.afterAll(() => dashboard?.stop());

/** Opens a page and tests what it shows. Then `also` may open more of it. */
async function visit(page: Page, path: string, also: () => Promise<void> = async () => {}) {
  const crashes: string[] = [];
  const onCrash = (error: Error) => crashes.push(error.message);
  page.on("pageerror", onCrash);
  await test.step(`${path} (seed ${SEED})`, async () => {
    await open(page, `${dashboard.url}${path}`, "body");
    await examine(page, path);
    await also();
    expect(crashes, path).toEqual([]);
  });
  page.off("pageerror", onCrash);
}

const LOADING = "[role=status][aria-label=Loading], [aria-busy=true]";
const BROKEN =
  /Invalid Date|\bNaN\b|\[object Object\]|(section|page|dialog|menu|dashboard) crashed|Internal error|could not be loaded/;
const CONTROLS = /(?![\t\n\r])[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066\u2067]/u;

/** Expects that the page, or a dialog on it, has loaded and shows no broken text. */
async function examine(page: Page, what: string, within = "main"): Promise<void> {
  await expect(page.locator(within).locator(LOADING), what).toHaveCount(0);
  const found = await page.locator(within).first().evaluate(collectTexts, {
    broken: BROKEN.source,
    controls: CONTROLS.source,
  });
  expect.soft(found, what).toEqual([]);
}

/** Runs in the browser. Isolates of our own are `bdi`, or U+2068 and U+2069 in pictures. */
function collectTexts(root: Element, { broken, controls }: { broken: string; controls: string }) {
  const wrong: string[] = [];
  const test = (where: string, text: string) => {
    const at = new RegExp(broken).exec(text) ?? new RegExp(controls, "u").exec(text);
    if (at)
      wrong.push(
        `${where}: ${JSON.stringify(text.slice(Math.max(at.index - 60, 0), at.index + 60))}`,
      );
  };
  test("title", document.title);
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (parent && !parent.closest("script, style, textarea, template"))
      test(parent.outerHTML.slice(0, 120), node.nodeValue ?? "");
  }
  for (const element of root.querySelectorAll("[title], [aria-label]"))
    for (const name of ["title", "aria-label"]) test(`@${name}`, element.getAttribute(name) ?? "");
  return wrong.slice(0, 5);
}

const main = (page: Page) => page.getByRole("main");

/** Opens a dialog, tests it and closes it. */
async function tryDialog(page: Page, what: string, opens: () => Promise<void>): Promise<void> {
  await opens();
  const dialog = page.getByRole("dialog");
  await dialog.first().waitFor();
  await examine(page, what, "[role=dialog], dialog[open]");
  await expect(async () => {
    await page.keyboard.press("Escape");
    await expect(dialog).toHaveCount(0, { timeout: 1_000 });
  }).toPass();
}

const queuePath = (queue: string) => `/queues/${queueSegment(queue)}`;
const taskPath = (queue: string, taskId: string) => `${queuePath(queue)}/tasks/${taskId}`;

test("lists, settings and the palette open", async ({ page }) => {
  for (const path of [
    "/",
    "/queues",
    "/tasks?columns=params.a,headers.tenant_id",
    "/tasks?sort=due&state=pending,running,sleeping",
    "/failures?range=7d",
    "/events",
    "/workers?range=24h",
    "/workflows",
    "/workflows/definitions",
    "/bulk",
    "/audit",
    "/settings",
    "/start",
    "/diagnostics",
  ])
    await visit(page, path);
  await tryDialog(page, "palette", async () => {
    await page.keyboard.press("ControlOrMeta+k");
    await page.getByRole("dialog").getByRole("combobox").fill("a");
  });
});

test("each queue has its page, tasks, events and dialogs", async ({ page }) => {
  // Quotes; a directory; a reversed name with a terminal code; the longest.
  const queues = isLong ? stored.queues : [1, 3, 7, 9].map((at) => stored.queues[at] ?? "");
  for (const [at, queue] of queues.entries()) {
    await visit(page, queuePath(queue), async () => {
      if (!isLong && at !== 2) return;
      for (const name of [/^Spawn/, "Bulk", "Clean up", "Drop", "Change"])
        await tryDialog(page, `${name} of ${queue}`, () =>
          main(page).getByRole("button", { name, exact: true }).first().click(),
        );
    });
    await visit(page, `${queuePath(queue)}/tasks`);
    await visit(page, `${queuePath(queue)}/events`, () =>
      tryDialog(page, `emit in ${queue}`, () => page.keyboard.press("e")),
    );
  }
});

const tried = new Set<TaskAction>();
const PARTS = isLong ? 8 : 1;

for (let part = 0; part < PARTS; part++)
  test(`tasks in every state have their tabs and actions, part ${part + 1}`, async ({ page }) => {
    const tabs = ["timeline", "steps", "attempts", "events", "payloads", "related", "raw"];
    const tasks = isLong
      ? stored.tasks.filter((_, at) => at % PARTS === part)
      : stored.tasks.filter(
          ({ fate }, at) => stored.tasks.slice(0, at).filter((one) => one.fate === fate).length < 1,
        );
    for (const [at, { queue, taskId }] of tasks.entries()) {
      const path = taskPath(queue, taskId);
      await visit(page, `${path}?tab=${tabs[at % tabs.length]}`, async () => {
        await tryDialog(page, `actions of ${path}`, () => page.keyboard.press("m"));
        for (const action of TASK_ACTIONS) {
          const { label, hotkey, sheetOnly } = ACTION_WORDS[action];
          // The tab "Raw" names its snippets like the actions.
          const button = main(page)
            .locator("button:not([role=tabpanel] *)")
            .filter({ hasText: label })
            .first();
          if (sheetOnly || !(await button.isVisible())) continue;
          await tryDialog(page, `${action} of ${path}`, () => page.keyboard.press(hotkey));
          tried.add(action);
        }
      });
    }
    // Which tasks the engine accepted follows from the values.
    if (part + 1 === PARTS)
      expect([...tried]).toEqual(expect.arrayContaining(["cancel", "run-again"]));
  });

test("workflow runs, definitions and bulk operations open", async ({ page }) => {
  const some = <T>(values: T[]) => (isLong ? values : values.slice(0, 3));
  for (const id of some(stored.workflowRunIds))
    for (const tab of ["", "?tab=tasks"]) await visit(page, `/workflows/${id}${tab}`);
  for (const id of some(stored.definitionIds)) await visit(page, `/workflows/definitions/${id}`);
  for (const id of stored.bulkIds) await visit(page, `/bulk/${id}`);
});

test("8,000 attempts, 1,500 steps, large values and 3,000 operators are shown within limits", async ({
  page,
}) => {
  const { queue } = sizes;
  await visit(page, `${taskPath(queue, sizes.attempts)}?tab=attempts`, async () => {
    await expect(page.getByRole("tab", { name: /^Attempts/ })).toContainText(/8,?000/);
    await expect(main(page)).toContainText("7,500 earlier attempts");
  });
  await visit(page, taskPath(queue, sizes.attempts));
  for (const tab of ["payloads", "raw"])
    await visit(page, `${taskPath(queue, sizes.values)}?tab=${tab}`);
  for (const tab of ["timeline", "steps"])
    await visit(page, `${taskPath(queue, sizes.steps)}?tab=${tab}`);
  await visit(page, `/workflows/definitions/${sizes.definitionId}`);
  for (const tab of ["", "?tab=tasks"])
    await visit(page, `/workflows/${sizes.workflowRunId}${tab}`);
});
