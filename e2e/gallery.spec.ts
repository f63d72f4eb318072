import path from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { chromium, type Locator, type Page } from "@playwright/test";
import { BROWSER_ARGS, findBrowser } from "../testing/browser";
import { expect, test } from "./support/fixtures";
import { type GalleryServer, PICTURES, startGallery } from "./support/gallery";

/*
 * The gallery on the development server: features missing from jsdom, such as the backdrop, the top layer, the
 * clipboard and touch, then axe and pictures of every story. The pictures are for people: they aren't compared, because
 * fonts differ between machines.
 */

test.describe.configure({ mode: "default", timeout: 400_000 });

const HOST = "dashboard.test";
let gallery: GalleryServer;
test.beforeAll(async () => {
  test.setTimeout(400_000);
  gallery = await startGallery({ DASHBOARD_ALLOWED_HOSTS: HOST });
});
test.afterAll(() => gallery.stop());

const SECTIONS = ["primitives", "overlays", "tasks", "task", "large"] as const;
type Section = (typeof SECTIONS)[number];

async function open(page: Page, section: Section): Promise<void> {
  await page.goto(`${gallery.url}/gallery?section=${section}`);
  await page.waitForFunction(() => {
    const buttons = [...document.querySelectorAll("main button")];
    const isHydrated = (one: Element) =>
      Object.keys(one).some((key) => key.startsWith("__reactProps"));
    return buttons.length > 0 && buttons.every(isHydrated);
  });
}

const story = (page: Page, name: string) => page.locator(`[data-story="${name}"]`);
const dialog = (page: Page) => page.getByRole("dialog");

async function expectInView(option: Locator): Promise<void> {
  await expect(option).toBeInViewport({ ratio: 0.9 });
}

test("a production build has no gallery", async ({ page }) => {
  const response = await page.goto(`${process.env.E2E_BASE_URL}/gallery`);
  expect(response?.status()).toBe(404);
});

test("a drag out of a field keeps the dialog open, and a click beside the dialog closes it", async ({
  page,
}) => {
  await open(page, "overlays");
  const opener = page.getByRole("button", { name: "Open the form" });
  await opener.click();
  const payload = dialog(page).getByLabel("Payload");
  await expect(payload).toBeFocused();
  await page.keyboard.type("typed");
  const box = await payload.boundingBox();
  if (!box) throw new Error("the field has no box");
  await page.mouse.move(box.x + 10, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(20, 20, { steps: 5 });
  await page.mouse.up();
  await expect(payload).toHaveValue("typed");
  await page.mouse.click(20, 20);
  await expect(dialog(page)).toHaveCount(0);
  await expect(opener).toBeFocused();
});

test("a dialog whose action is running stays open when Escape is pressed repeatedly", async ({
  page,
}) => {
  await open(page, "overlays");
  await page.getByRole("button", { name: "Open one that hangs" }).click();
  await dialog(page)
    .getByLabel(/^Reason/)
    .press("Enter");
  await expect(dialog(page).getByRole("button", { name: "Working…" })).toBeVisible();
  for (let press = 0; press < 4; press++) await page.keyboard.press("Escape");
  await page.mouse.click(20, 20);
  await expect(dialog(page)).toBeVisible();
});

test("the active option of a long list scrolls into view", async ({ page }) => {
  await open(page, "primitives");
  const field = page.getByRole("combobox", { name: "Find fruit" });
  await field.click();
  await page.keyboard.type("e");
  await expect(page.getByRole("listbox", { name: "Fruit", exact: true })).toBeVisible();
  for (let press = 0; press < 25; press++) await page.keyboard.press("ArrowDown");
  const active = page.getByRole("option").and(page.locator("[data-highlighted]"));
  await expect(active).toHaveCount(1);
  await expectInView(active);
  const chosen = await active.textContent();
  await page.keyboard.press("Enter");
  await expect(story(page, "Combobox, as a search box")).toContainText(`Chosen: ${chosen}`);
});

test("in a menu, arrow keys move, Enter chooses, and Escape returns to the button", async ({
  page,
}) => {
  await open(page, "overlays");
  const button = page.getByRole("button", { name: "Save as" });
  await button.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menu", { name: "Save as" })).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Escape");
  await expect(button).toBeFocused();
  await expect(story(page, "Popover and menu")).toContainText("Chosen: nothing");
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(story(page, "Popover and menu")).toContainText("Chosen: Mermaid");
});

test("a popover opens within the window, takes the focus and returns it", async ({ page }) => {
  await open(page, "overlays");
  const button = page.getByRole("button", { name: "Columns" });
  await button.click();
  const panel = page.getByRole("dialog", { name: "Columns" });
  await expect(panel.getByLabel("Add a path")).toBeFocused();
  await expectInView(panel);
  await page.keyboard.press("Escape");
  await expect(panel).toBeHidden();
  await expect(button).toBeFocused();
});

test("a section whose code is missing shows the reason and can be retried", async ({ page }) => {
  await open(page, "overlays");
  await page.getByRole("button", { name: "Show a part without code" }).click();
  const missing = story(page, "Code of a part missing").getByRole("alert");
  await expect(missing).toContainText("This section could not be loaded");
  await missing.getByRole("button", { name: "Try again" }).click();
  await expect(missing).toContainText("This section could not be loaded");
  await page.getByRole("button", { name: "Open a dialog without code" }).click();
  await expect(dialog(page)).toContainText("This dialog could not be loaded");
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toHaveCount(0);
});

test("on plain HTTP, copying works without the clipboard API", async () => {
  const executablePath = findBrowser();
  const browser = await chromium.launch({
    args: [...BROWSER_ARGS, `--host-resolver-rules=MAP ${HOST} 127.0.0.1`],
    ...(executablePath && { executablePath }),
  });
  try {
    const page = await browser.newPage();
    await page.goto(`${gallery.url.replace("127.0.0.1", HOST)}/gallery?section=primitives`);
    expect(await page.evaluate(() => navigator.clipboard)).toBeUndefined();
    const copy = page.getByRole("button", { name: "Copy the text" });
    await expect(async () => {
      await copy.click();
      await expect(page.getByRole("button", { name: "Copied" })).toBeVisible({ timeout: 1_000 });
    }).toPass();

    await page.evaluate(() => {
      document.execCommand = () => false;
    });
    await expect(copy).toBeVisible();
    await copy.click();
    await expect(page.getByRole("dialog", { name: "Copy by hand" })).toBeVisible();
    const selected = () => document.getSelection()?.toString();
    expect(await page.evaluate(selected)).toBe("copied");
  } finally {
    await browser.close();
  }
});

test("an explanation is shown on hover, on focus, on a tap, and in the list of details", async ({
  page,
  browser,
}) => {
  await open(page, "primitives");
  const tip = page.getByRole("tooltip");
  const estimate = story(page, "Texts")
    .getByText("≈ 1.23 M")
    .or(story(page, "Texts").getByText(/^≈/));
  await estimate.first().hover();
  await expect(tip).toContainText("an estimate");
  await page.keyboard.press("Escape");
  await expect(tip).toHaveCount(0);
  const copy = page.getByRole("button", { name: "Copy the text" });
  await page.mouse.move(0, 0);
  await copy.focus();
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Tab");
  await expect(tip).toHaveText("Copy the text");
  // The tip of a focused element stays while the page scrolls.
  const scrolled = page.evaluate(
    () => new Promise((resolve) => document.addEventListener("scroll", resolve, { once: true })),
  );
  await page.evaluate(() => window.scrollBy(0, 60));
  await scrolled;
  await expect(tip).toHaveText("Copy the text");
  await estimate.first().scrollIntoViewIfNeeded();
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press("i");
  await expect(page.getByRole("dialog", { name: "Details" })).toContainText("an estimate");

  const touch = await browser.newContext({ hasTouch: true, viewport: { width: 390, height: 844 } });
  const phone = await touch.newPage();
  await open(phone, "primitives");
  await story(phone, "Texts").getByText(/^≈/).first().tap();
  await expect(phone.getByRole("tooltip")).toContainText("an estimate");
  await touch.close();
});

test("the two parts of a name that fits are not moved over each other", async ({ page }) => {
  await open(page, "primitives");
  const moved = await story(page, "Names")
    .locator("[data-tip] > .truncate")
    .evaluateAll(async (heads) => {
      await document.fonts.ready;
      // Names are measured after the layout that follows.
      for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
      return heads
        .filter((head) => head.scrollWidth <= head.clientWidth)
        .map((head) => (head.nextElementSibling as HTMLElement).style.translate || "0px");
    });
  expect(moved.length).toBeGreaterThan(1);
  expect(new Set(moved)).toEqual(new Set(["0px"]));
});

test("forced colours still show what is selected or switched on, and the series of a chart", async ({
  page,
}) => {
  await page.emulateMedia({ forcedColors: "active" });
  await open(page, "primitives");
  const style = (one: Locator, property: "color" | "outlineStyle") =>
    one.evaluate((element, property) => getComputedStyle(element)[property], property);
  const tabs = story(page, "Tabs").getByRole("tab");
  expect(await style(tabs.nth(0), "outlineStyle")).toBe("solid");
  expect(await style(tabs.nth(1), "outlineStyle")).toBe("none");
  const here = page.getByRole("navigation", { name: "Sections" }).getByRole("link");
  expect(await style(here.nth(0), "outlineStyle")).toBe("solid");
  expect(await style(here.nth(1), "outlineStyle")).toBe("none");
  expect(await style(page.getByRole("switch", { name: "Switched on" }), "outlineStyle")).toBe(
    "solid",
  );
  expect(await style(page.getByRole("switch", { name: "Switched off" }), "outlineStyle")).toBe(
    "none",
  );
  const colors = await Promise.all(
    ["text-failed-solid", "text-chart-completed", "text-running-solid"].map((color) =>
      style(story(page, "Chart").locator(`[data-color="${color}"]`), "color"),
    ),
  );
  expect(new Set(colors).size, `${colors}`).toBe(3);
  await page.screenshot({ path: path.join(PICTURES, "forced-colors.png"), fullPage: true });
});

for (const [size, viewport] of [
  ["wide", { width: 1440, height: 900 }],
  ["narrow", { width: 390, height: 844 }],
] as const)
  for (const theme of ["light", "dark"] as const)
    test(`axe finds no violation in the gallery, ${size} and ${theme}`, async ({ page }) => {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme: theme });
      for (const section of SECTIONS) {
        await open(page, section);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(width, `${section} scrolls sideways`).toBeLessThanOrEqual(viewport.width);
        await page.screenshot({
          path: path.join(PICTURES, `${size}-${theme}-${section}.png`),
          fullPage: true,
        });
        const axe = new AxeBuilder({ page }).exclude("nextjs-portal");
        // Axe takes minutes for two hundred rows. Those from the fourth on only repeat the first ones.
        if (section === "large") axe.exclude("tbody tr:nth-child(n+4)");
        if (section === "task") {
          // Each size and theme once, because it has fifty verdicts. They repeat sections that are unique on a page.
          if ((size === "wide") !== (theme === "light")) continue;
          axe.disableRules("landmark-unique");
        }
        await expectNothing(axe, section);
        if (section === "overlays" && theme === "light") await openEach(page, `${size}-${theme}`);
      }
    });

async function expectNothing(axe: AxeBuilder, what: string): Promise<void> {
  const { violations } = await axe.analyze();
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any }) => `${id}: ${html.slice(0, 160)} ${any[0]?.message ?? ""}`),
  );
  expect.soft(found, what).toEqual([]);
}

/** Opens everything that a story opens, and looks at it with axe. */
async function openEach(page: Page, prefix: string): Promise<void> {
  const openers = page.getByRole("main").getByRole("button", {
    name: /^(Open |All actions|[a-z-]+, [a-z-]+$)/,
  });
  for (const opener of await openers.all()) {
    const name = (await opener.textContent()) ?? "";
    await opener.click();
    const shown = page.locator("dialog[open]");
    await expect(shown, name).toBeVisible();
    await page.screenshot({ path: path.join(PICTURES, `${prefix}-${name}.png`) });
    await expectNothing(new AxeBuilder({ page }).include("dialog[open]"), name);
    await page.keyboard.press("Escape");
    await expect(shown, name).toHaveCount(0);
  }
}
