import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { startDashboard } from "./support/dashboard";
import { expect, test } from "./support/fixtures";
import { open } from "./support/open";

/* A server that stops, or is replaced by another version, under an open tab. */

const settings = () => ({ DATABASE_URL: process.env.E2E_DATABASE_URL ?? "" });
const dialog = (page: Page) => page.getByRole("dialog");
const portOf = (url: string) => new URL(url).port;

test("code that can't load while the server is unreachable shows the reason, and loads once the server is back", async ({
  page,
}) => {
  const first = await startDashboard(settings());
  await open(page, `${first.url}/queues`);
  await first.stop();

  await page.keyboard.press("?");
  await expect(dialog(page)).toContainText("This dialog could not be loaded");
  await expect(dialog(page)).toContainText("Nothing was changed");
  // The palette works without any code that loads later, and so does the page around the error.
  await page.keyboard.press("Escape");
  await page.keyboard.press("ControlOrMeta+k");
  await dialog(page).getByRole("combobox").fill("failures");
  await expect(dialog(page).getByRole("button", { name: "Failures", exact: true })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await expect(dialog(page)).toContainText("This dialog could not be loaded");

  const second = await startDashboard({ ...settings(), PORT: portOf(first.url) });
  await dialog(page).getByRole("button", { name: "Try again" }).click();
  await expect(dialog(page).getByRole("heading", { name: "Keyboard shortcuts" })).toBeVisible();
  await second.stop();
});

test("a missing chunk only replaces its own section", async ({ page, work }) => {
  const { taskID } = await work.app.spawn("task", {}, { queue: work.queue });
  await open(page, work.taskUrl(taskID));
  await page.route("**/_next/static/chunks/**", (route) => route.abort());
  await page.getByRole("tab", { name: "Raw" }).click();
  const section = page.getByRole("tabpanel").getByRole("alert");
  await expect(section).toContainText("This section could not be loaded");
  await expect(page.getByRole("heading", { name: "task", exact: true })).toBeVisible();
  await page.unroute("**/_next/static/chunks/**");
  await section.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("tabpanel")).toContainText("for psql");
});

test("an old tab offers to reload after an update, and reloads automatically only if no input is lost", async ({
  page,
}) => {
  const old = await startDashboard(settings());
  await open(page, `${old.url}/tasks`);
  const filter = page.getByRole("combobox", { name: "Filter tasks" });
  await filter.fill("typed");
  await old.stop();
  const folder = await makeNextVersion();
  const next = await startDashboard({ ...settings(), PORT: portOf(old.url) }, folder);
  try {
    // Detected by the next poll.
    await expect(page.getByText("New version.")).toBeVisible();
    await expect(filter).toHaveValue("typed");

    // A section that the next version no longer has.
    const before = await page.evaluate(() => performance.timeOrigin);
    await filter.blur();
    await page.keyboard.press("?");
    await expect(dialog(page)).toContainText("The dashboard was updated");
    await expect(dialog(page).getByRole("button", { name: "Reload" })).toBeVisible();
    expect(await page.evaluate(() => performance.timeOrigin)).toBe(before);
    await page.keyboard.press("Escape");

    await filter.fill("");
    await filter.blur();
    await page.keyboard.press("?");
    await page.waitForFunction((origin) => performance.timeOrigin !== origin, before);
    await expect(page.getByRole("heading", { name: "Tasks", exact: true })).toBeAttached();
    await expect(page.getByText("New version.")).toHaveCount(0);
  } finally {
    await next.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

/**
 * A copy of the build with another deployment id, in which the chunk of the keyboard shortcuts has another name, as a
 * build of changed sources would appear to a tab of the old one.
 */
async function makeNextVersion(): Promise<string> {
  const built = fileURLToPath(new URL("../.next/app", import.meta.url));
  const folder = await mkdtemp(path.join(tmpdir(), "absurd-e2e-version-"));
  await cp(built, folder, { recursive: true });
  const manifest = path.join(folder, ".next/required-server-files.json");
  const { deploymentId } = (
    JSON.parse(await readFile(manifest, "utf8")) as {
      config: { deploymentId: string };
    }
  ).config;
  const files = await readdir(path.join(folder, ".next"), { recursive: true });
  const texts = files.filter((file) => /\.(js|json|html|rsc)$/.test(file));
  const chunks = texts.filter((file) => file.startsWith("static/chunks/"));
  const read = (file: string) => readFile(path.join(folder, ".next", file), "utf8");
  const contents = await Promise.all(chunks.map(read));
  const lazy = chunks.filter((_, index) => contents[index]?.includes("Single-key shortcuts"));
  expect(lazy).toHaveLength(1);
  const renames = new Map(
    lazy.map((file) => [path.basename(file, ".js"), `next${path.basename(file, ".js")}`]),
  );
  for (const file of texts) {
    const before = await read(file);
    let text = before.replaceAll(deploymentId, `${deploymentId}next`);
    for (const [from, to] of renames) text = text.replaceAll(from, to);
    const target = [...renames].reduce((name, [from, to]) => name.replace(from, to), file);
    if (target !== file) await rm(path.join(folder, ".next", file));
    if (text !== before || target !== file)
      await writeFile(path.join(folder, ".next", target), text);
  }
  return folder;
}
