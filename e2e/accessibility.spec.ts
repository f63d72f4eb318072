import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { startDashboard } from "./support/dashboard";
import { expect, test, type Work } from "./support/fixtures";
import { open } from "./support/open";
import { type Scene, setScene } from "./support/scene";

type Step = (page: Page) => Promise<unknown>;
type Case = {
  path: (work: Work, scene: Scene) => string;
  /** The part of the page whose controls show that it is hydrated; `main` by default. */
  within?: string;
  /** Overlays that the page opens, which are tested too. */
  also?: Record<string, Step>;
};

const click =
  (name: string | RegExp, role: "button" | "tab" = "button"): Step =>
  (page) =>
    page.getByRole("main").getByRole(role, { name, exact: true }).first().click();
const press =
  (...keys: string[]): Step =>
  async (page) => {
    for (const key of keys) await page.keyboard.press(key);
  };
const dialog =
  (opens: Step): Step =>
  async (page) => {
    await opens(page);
    await page.getByRole("dialog").waitFor();
  };

/** One URL of each page, by folder. */
const PAGES: Record<string, Case> = {
  "": { path: () => "/", also: { table: click("Table") } },
  start: { path: () => "/start" },
  settings: {
    path: () => "/settings",
    also: { "create token": dialog(click("Create token")) },
  },
  // The only page without its own controls.
  diagnostics: { path: () => "/diagnostics", within: "nav" },
  queues: { path: () => "/queues", also: { create: dialog(click("Create queue")) } },
  "queues/[queue]": {
    path: ({ queue }) => `/queues/${queue}`,
    also: {
      spawn: dialog(click(/^Spawn/)),
      bulk: dialog(click("Bulk")),
      "clean up": dialog(click("Clean up")),
      drop: dialog(click("Drop")),
      policy: dialog(click("Change")),
    },
  },
  "queues/[queue]/tasks": {
    path: ({ queue }) => `/queues/${queue}/tasks?columns=params.order.id`,
    also: {
      suggestions: (page) => page.getByRole("combobox", { name: "Filter tasks" }).fill("order"),
      views: dialog(click("Views")),
      columns: dialog(click("Columns")),
      export: dialog(click("Export")),
      selection: press("Escape", "j", "x"),
    },
  },
  "queues/[queue]/events": {
    path: ({ queue }) => `/queues/${queue}/events`,
    also: {
      waiters: click("Tasks waiting for picked-up:9"),
      payload: click("Payload of paid:7"),
      emit: dialog(click(/^Emit event/)),
    },
  },
  "queues/[queue]/tasks/[taskId]": {
    path: (work, { failed }) => work.taskUrl(failed),
    also: {
      attempts: click(/^Attempts/, "tab"),
      steps: click(/^Steps/, "tab"),
      events: click(/^Events/, "tab"),
      payloads: click(/^Input/, "tab"),
      related: click(/^Related/, "tab"),
      raw: click(/^Raw/, "tab"),
      retry: dialog(click(/^Retry/)),
      "run again": dialog(click(/^Run again/)),
      "all actions": dialog(click("All actions")),
    },
  },
  tasks: { path: ({ queue }) => `/tasks?queue=${queue}&state=completed` },
  failures: {
    path: ({ queue }) => `/failures?range=1h&queue=${queue}`,
    also: {
      cause: click("charge-card"),
      retry: async (page) => {
        await click(/^Retry 1 failed/)(page);
        await page.getByRole("dialog").getByRole("button", { name: "Retry 1" }).waitFor();
      },
    },
  },
  events: { path: ({ queue }) => `/events?queue=${queue}` },
  workers: { path: () => "/workers" },
  workflows: {
    path: (_, { tenant }) => `/workflows?tenant=${tenant}`,
    also: {
      definitions: click(/^Definitions/, "tab"),
      start: dialog(click("Start scene_review 1.0.0")),
    },
  },
  "workflows/definitions": { path: () => "/workflows/definitions" },
  "workflows/definitions/[definitionId]": {
    path: (_, { definition }) => `/workflows/definitions/${definition}`,
    also: {
      operator: click(/^fetch, /),
      operators: click(/^Operators/, "tab"),
      versions: click(/^Versions/, "tab"),
      definition: click("Definition", "tab"),
      start: dialog(click(/^Start/)),
    },
  },
  "workflows/[workflowRunId]": {
    path: (_, { workflowRun }) => `/workflows/${workflowRun}`,
    also: {
      operator: click(/^fetch, /),
      timeline: click(/^Timeline/, "tab"),
      tasks: click(/^Tasks/, "tab"),
      cancel: dialog(click(/^Cancel/)),
    },
  },
  bulk: { path: () => "/bulk" },
  "bulk/[bulkId]": { path: (_, { bulk }) => `/bulk/${bulk}` },
  audit: {
    path: ({ queue }) => `/audit?queue=${queue}`,
    also: { entry: click("Details of retry task") },
  },
};

test("every page of the dashboard has an axe test", () => {
  const folder = fileURLToPath(new URL("../app/(dashboard)", import.meta.url));
  const pages = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => path.basename(file) === "page.tsx")
    .map((file) => path.dirname(file).replace(/^\.$/, ""));
  expect(Object.keys(PAGES).sort()).toEqual(pages.sort());
});

for (const [folder, { path: address, within, also = {} }] of Object.entries(PAGES))
  test(`axe finds no violation on /${folder} and its dialogs`, async ({ page, work }) => {
    test.slow();
    const scene = await setScene(work);
    await open(page, address(work, scene), within);
    await settle(page);
    await examine(page, "at first");
    for (const [name, step] of Object.entries(also)) {
      await step(page);
      await settle(page);
      const opened = (await page.getByRole("dialog").count()) > 0;
      await examine(page, name, opened ? DIALOG : "main");
      if (opened) await page.keyboard.press("Escape");
    }
  });

test("axe finds no violation on a waiting and a running task", async ({ page, work }) => {
  test.slow();
  const scene = await setScene(work);
  for (const [state, keys] of [
    ["sleeping", "ces"],
    ["running", "l"],
  ] as const) {
    await open(page, work.taskUrl(scene[state]));
    for (const key of keys) {
      await dialog(press(key))(page);
      await settle(page);
      await examine(page, `${state}, ${key}`, DIALOG);
      await page.keyboard.press("Escape");
      await expect(page.getByRole("dialog")).toHaveCount(0);
    }
  }
});

test("axe finds no violation in the frame and in error views", async ({ page }) => {
  test.slow();
  await open(page, "/queues");
  for (const key of ["ControlOrMeta+k", "?"]) {
    await dialog(press(key))(page);
    await examine(page, key, DIALOG);
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  }
  for (const address of ["/queues/nowhere", "/tasks?queue=nowhere", "/no/such/page"]) {
    await page.goto(address);
    await expect(page.getByRole("heading", { name: /not found/i })).toBeVisible();
    await examine(page, address);
  }
  await page.setViewportSize(PHONE);
  await open(page, "/queues");
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("dialog").waitFor();
  await examine(page, "more", DIALOG);
});

test("axe finds no violation on the fleet page, even for a role that covers no database", async ({
  page,
}) => {
  test.slow();
  const url = process.env.E2E_DATABASE_URL ?? "";
  const secret = "a-secret-of-the-proxy-24";
  const dashboard = await startDashboard({
    DATABASES: JSON.stringify([
      { name: "eu", url, label: "Europe", colour: "blue" },
      { name: "us", url, label: "America", colour: "red" },
      { name: "gone", url: "postgresql://nobody@127.0.0.1:9/gone" },
    ]),
    DASHBOARD_PROXY_SECRET: secret,
    DASHBOARD_PROXY_USER_HEADER: "x-user",
    DASHBOARD_PROXY_GROUPS_HEADER: "x-groups",
    DASHBOARD_PROXY_ROLES: "viewer=groups:dev,viewer[databases=asia]=groups:asia",
  });
  const openAs = async (group: string) => {
    await page.setExtraHTTPHeaders({
      ...{ "x-proxy-secret": secret, "x-user": group, "x-groups": group },
    });
    await page.goto(`${dashboard.url}/fleet`);
  };
  try {
    await openAs("dev");
    await expect(page.getByText("2 of 3 databases read")).toBeVisible();
    await page
      .getByLabel("Id of a task, attempt or workflow run")
      .fill("01900000-0000-7000-8000-000000000000");
    await page.getByRole("button", { name: "Find" }).click();
    await expect(page.getByText(/^No task, attempt or workflow run/)).toBeVisible();
    await examine(page, "databases");
    await openAs("asia");
    await expect(page.getByText("viewer (databases asia) by groups: asia")).toBeVisible();
    await examine(page, "no database");
  } finally {
    await dashboard.stop();
  }
});

const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const DIALOG = "[role=dialog], dialog[open]";

/** Themes only change colours, and phones share them, so each variant is tested for what it can break. */
const LOOKS = [
  { size: WIDE, theme: "light", rules: null },
  { size: WIDE, theme: "dark", rules: ["color-contrast"] },
  { size: PHONE, theme: "dark", rules: ["target-size", "scrollable-region-focusable", "label"] },
] as const;

async function settle(page: Page): Promise<void> {
  await expect(page.locator("main [role=status][aria-label=Loading]")).toHaveCount(0);
}

/** Waits until the page has its final layout: boxes that became scrollable are then reachable by keyboard. */
async function layOut(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
}

/** Expects no axe violation in any theme and size. */
async function examine(page: Page, what: string, within = "html"): Promise<void> {
  const before = page.viewportSize() ?? WIDE;
  for (const { size, theme, rules } of LOOKS) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await layOut(page);
    const axe = new AxeBuilder({ page }).include(within);
    if (rules) axe.withRules([...rules]);
    else axe.options({ rules: { "target-size": { enabled: true } } });
    const { violations } = await axe.analyze();
    const found = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, any }) => `${id}: ${html.slice(0, 160)} ${any[0]?.message ?? ""}`),
    );
    expect.soft(found, `${what}, ${theme}, ${size.width} px`).toEqual([]);
  }
  await page.setViewportSize(before);
}
