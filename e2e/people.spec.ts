/** People with different roles and scopes, named by a trusted proxy. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "@playwright/test";
import { createQueue, dropQueue } from "../lib/absurd/queues/queues";
import { type Dashboard, startDashboard } from "./support/dashboard";
import { connectTo, createCopies, databaseUrl } from "./support/databases";
import { expect, test, type Work } from "./support/fixtures";
import { open } from "./support/open";
import { type Scene, setScene } from "./support/scene";

const SECRET = "a-secret-of-the-proxy-24";

/** Headers with which the proxy names a member of a group. */
const asGroup = (group: string) => ({
  "x-proxy-secret": SECRET,
  "x-user": group,
  "x-groups": group,
});

function startBehindProxy(roles: string, settings: Record<string, string> = {}) {
  return startDashboard({
    DATABASE_URL: process.env.E2E_DATABASE_URL ?? "",
    DASHBOARD_PROXY_SECRET: SECRET,
    DASHBOARD_PROXY_USER_HEADER: "x-user",
    DASHBOARD_PROXY_GROUPS_HEADER: "x-groups",
    DASHBOARD_PROXY_ROLES: roles,
    ...settings,
  });
}

async function openAs(browser: Browser, group: string): Promise<Page> {
  const context = await browser.newContext({ extraHTTPHeaders: asGroup(group) });
  return context.newPage();
}

/** URLs of all pages below app/ for a scene. A page with a segment that has no entry here fails the test. */
function pagesOf(queue: string, scene: Scene): string[] {
  const segments: Record<string, string> = {
    "[queue]": queue,
    "[taskId]": scene.failed,
    "[bulkId]": scene.bulk,
    "[workflowRunId]": scene.workflowRun,
    "[definitionId]": scene.definition,
  };
  const app = fileURLToPath(new URL("../app/(dashboard)", import.meta.url));
  return readdirSync(app, { recursive: true, encoding: "utf8" })
    .filter((file) => /(^|\/)page\.tsx$/.test(file))
    .map((file) =>
      file.replace(/\/?page\.tsx$/, "").replace(/\[\w+\]/g, (name) => {
        const segment = segments[name];
        if (segment === undefined) throw new Error(`No ${name} for ${file}`);
        return segment;
      }),
    )
    .map((place) => `/${place}`);
}

test("Two people with different queues each see only their own on every page, and nothing at the other’s URLs", async ({
  playwright,
  work,
}) => {
  const other: Pick<Work, "pool" | "queue"> = {
    ...work,
    queue: `${work.queue}x`.replace("q_", "z_"),
  };
  await createQueue(work.pool, other.queue);
  const scenes = {
    [work.queue]: await setScene(work),
    [other.queue]: await setScene({ ...work, ...other }),
  };
  const dashboard = await startBehindProxy(
    `operator[queues=${work.queue}]=groups:ada,operator[queues=${other.queue}]=groups:bob`,
  );
  try {
    for (const [group, own, foreign] of [
      ["ada", work.queue, other.queue],
      ["bob", other.queue, work.queue],
    ] as const) {
      const request = await playwright.request.newContext({ extraHTTPHeaders: asGroup(group) });
      const get = async (place: string) => {
        const response = await request.get(`${dashboard.url}${place}`);
        return { status: response.status(), text: await response.text() };
      };
      const [mine, theirs] = [scenes[own], scenes[foreign]];
      if (!mine || !theirs) throw new Error("no scene");
      const pages = pagesOf(own, mine);
      expect(pages.length).toBeGreaterThan(18);
      let showing = 0;
      for (const place of pages) {
        const { status, text } = await get(place);
        expect(status, `${group} ${place}`).toBe(200);
        expect(text.includes(foreign), `${group} ${place} shows ${foreign}`).toBe(false);
        if (text.includes(own)) showing += 1;
      }
      expect(showing).toBeGreaterThan(8);
      // Texts that only the other person's rows contain; their queue's name is in the URLs themselves.
      const marks = [`t-${foreign}`, `${foreign}:4711`, `ada-${foreign}`, `api-${foreign}`];
      for (const place of pagesOf(foreign, theirs)) {
        const { text } = await get(place);
        const shown = marks.filter((mark) => text.includes(mark));
        expect(shown, `${group} ${place}`).toEqual([]);
      }
      await request.dispose();
    }
  } finally {
    await dashboard.stop();
    await dropQueue(work.pool, other.queue);
  }
});

/** Buttons that open or perform an action, by the beginning of their names. */
const ACTIONS =
  /^(Cancel|Retry|Run again|Run now|Spawn|Reschedule|Emit|Extend|Fork|Create|Drop|Clean up|Repair|Change|Edit|Start|Close circuit|Abort|Stop operation|Revoke)/;

/** The actions that a page offers: enabled ones, and ones that are disabled with a reason. */
async function offeredActions(page: Page): Promise<{ enabled: string[]; reasons: string[] }> {
  const buttons = page.getByRole("main").getByRole("button", { name: ACTIONS });
  const found = await buttons.evaluateAll((all) =>
    all.map((button) => ({
      name: button.getAttribute("aria-label") ?? button.textContent ?? "",
      reason: button.getAttribute("aria-disabled") ? button.getAttribute("aria-description") : null,
    })),
  );
  return {
    enabled: found.flatMap(({ name, reason }) => (reason === null ? [name] : [])),
    reasons: found.flatMap(({ reason }) => reason ?? []),
  };
}

async function visit(dashboard: Dashboard, page: Page, places: string[]) {
  const offered = { enabled: [] as string[], reasons: [] as string[] };
  for (const place of places) {
    // A viewer's settings have no control of their own, so the frame shows that the page is hydrated.
    await open(page, `${dashboard.url}${place}`, place === "/settings" ? "body" : "main");
    const { enabled, reasons } = await offeredActions(page);
    offered.enabled.push(...enabled.map((name) => `${place} ${name}`));
    offered.reasons.push(...reasons);
  }
  return offered;
}

test("For a viewer every action is disabled with a reason on every page, and keys and the palette offer none", {
  tag: "@long",
}, async ({ browser, work }) => {
  // It visits eight pages as two people.
  test.setTimeout(300_000);
  const scene = await setScene(work);
  const queue = `/queues/${work.queue}`;
  const task = work.taskUrl(scene.sleeping);
  const places = [
    ...[queue, `${queue}/events`, "/queues", task, `/workflows/${scene.workflowRun}`],
    ...[`/workflows/definitions/${scene.definition}`, `/failures?queue=${work.queue}`, "/settings"],
  ];
  const dashboard = await startBehindProxy("admin=groups:ops,viewer=groups:dev");
  try {
    const admin = await openAs(browser, "ops");
    const mayDo = await visit(dashboard, admin, places);
    expect(mayDo.reasons).toEqual([]);
    expect(mayDo.enabled.length).toBeGreaterThan(10);
    await admin.context().close();

    const viewer = await openAs(browser, "dev");
    const mayNot = await visit(dashboard, viewer, places);
    expect(mayNot.enabled).toEqual([]);
    expect(mayNot.reasons.length).toBeGreaterThan(5);
    for (const reason of mayNot.reasons)
      expect(reason).toMatch(/^Your role does not include the permission "/);

    await open(viewer, `${dashboard.url}${task}`);
    for (const key of ["c", "r", "e", "x", "n"]) {
      await viewer.keyboard.press(key);
      await expect(viewer.getByRole("dialog")).toHaveCount(0);
    }
    await viewer.keyboard.press("m");
    const sheet = viewer.getByRole("dialog");
    await expect(sheet.getByText(/does not include the permission "cancel task"/)).toBeVisible();
    await viewer.keyboard.press("Escape");
    await viewer.keyboard.press("Control+k");
    await expect(viewer.getByRole("dialog").getByRole("combobox")).toBeVisible();
    await viewer.getByRole("dialog").getByRole("combobox").fill("cancel");
    await expect(viewer.getByRole("option", { name: /^Cancel task/ })).toHaveCount(0);
    await viewer.context().close();
  } finally {
    await dashboard.stop();
  }
});

test("A read-only dashboard, or one without some actions, shows everyone its own reason", async ({
  browser,
  work,
}) => {
  const scene = await setScene(work);
  const places = [`/queues/${work.queue}`, "/queues"];
  const readOnly = await startBehindProxy("admin=groups:ops", { DASHBOARD_READ_ONLY: "1" });
  try {
    const page = await openAs(browser, "ops");
    const { enabled, reasons } = await visit(readOnly, page, [
      ...places,
      work.taskUrl(scene.sleeping),
    ]);
    expect(enabled).toEqual([]);
    expect([...new Set(reasons)]).toEqual(["This dashboard is read-only."]);
    await page.context().close();
  } finally {
    await readOnly.stop();
  }
  const limited = await startBehindProxy("admin=groups:ops", {
    DASHBOARD_DISABLE: "drop-queue,spawn-task,export-tasks,cancel-task",
  });
  try {
    const page = await openAs(browser, "ops");
    const { enabled, reasons } = await visit(limited, page, places);
    expect(enabled.filter((name) => /Drop|Spawn|Cancel/.test(name))).toEqual([]);
    expect(enabled.filter((name) => /Create/.test(name)).length).toBe(1);
    expect(new Set(reasons)).toEqual(
      new Set(
        ["drop queue", "spawn task"].map((name) => `"${name}" is switched off on this dashboard.`),
      ),
    );
    await open(page, `${limited.url}/queues/${work.queue}/tasks`);
    await expect(page.getByRole("button", { name: "Export" })).toHaveAttribute(
      "aria-description",
      '"export tasks" is switched off on this dashboard.',
    );
    const denied = await page.request.get(`${limited.url}/api/tasks/export?format=csv`);
    expect(denied.status()).toBe(403);
    await page.context().close();
  } finally {
    await limited.stop();
  }
});

test("In the settings, a list that can't be read hides neither me nor the other lists", async ({
  browser,
}) => {
  const [name = ""] = (await createCopies(1)).names;
  const dashboard = await startBehindProxy("admin=groups:ops", { DATABASE_URL: databaseUrl(name) });
  const database = await connectTo(name);
  try {
    await database.query("alter table absurd_dashboard.person rename to person_elsewhere");
    const page = await openAs(browser, "ops");
    await open(page, `${dashboard.url}/settings`);
    const main = page.getByRole("main");
    await expect(main.getByRole("alert")).toContainText("This list could not be read");
    await expect(main.getByText("Trusted proxy").first()).toBeVisible();
    await expect(main.getByText("No session is open.")).toBeVisible();
    await expect(main.getByText("No token has been created.")).toBeVisible();
    await database.query("alter table absurd_dashboard.person_elsewhere rename to person");
    // The page refetches every ten seconds.
    await expect(main.getByRole("alert")).toHaveCount(0, { timeout: 20_000 });
    await page.context().close();
  } finally {
    await database.end();
    await dashboard.stop();
  }
});
