import { expect, test } from "./support/fixtures";
import { open } from "./support/open";
import { setScene } from "./support/scene";

const ELSEWHERE = "Asia/Tokyo";

test("a copied URL shows a colleague the same times", async ({ browser, work }) => {
  const { completed } = await setScene(work);
  const mine = await browser.newContext({ timezoneId: ELSEWHERE });
  const theirs = await browser.newContext({ timezoneId: "America/Lima" });
  const page = await mine.newPage();
  const other = await theirs.newPage();
  const origin = process.env.E2E_BASE_URL ?? "";
  try {
    await open(page, `${origin}/queues/${work.queue}`);
    expect(page.url()).not.toContain("tz=");
    const created = page.getByRole("main").locator("time").first();
    const inUtc = await created.textContent();
    await page.getByRole("button", { name: /^Times in UTC/ }).click();
    await expect(page).toHaveURL(/tz=Asia\/Tokyo/);
    const inTokyo = await created.textContent();
    expect(inTokyo).not.toBe(inUtc);

    await open(other, page.url());
    await expect(other.getByRole("main").locator("time").first()).toHaveText(inTokyo ?? "");
    await other.getByRole("main").getByRole("link", { name: "Tasks", exact: true }).click();
    await expect(other).toHaveURL(/\/tasks\?tz=Asia\/Tokyo$/);
    const tab = theirs.waitForEvent("page");
    await other.getByRole("link", { name: "pack-order" }).click({ modifiers: ["ControlOrMeta"] });
    await expect(await tab).toHaveURL(new RegExp(`${completed}\\?tz=Asia/Tokyo$`));
    await other.goBack();
    await expect(other).toHaveURL(page.url());
    expect((await theirs.cookies()).map(({ name }) => name)).not.toContain("zone");

    await other.getByRole("button", { name: /^Times in Asia/ }).click();
    await expect(other).not.toHaveURL(/tz=/);
    await expect(other.getByRole("main").locator("time").first()).toHaveText(inUtc ?? "");
  } finally {
    await mine.close();
    await theirs.close();
  }
});

test("a valid zone in the URL overrides the preference", async ({
  page,
  work,
  context,
  baseURL,
}) => {
  await context.addCookies([
    { name: "zone", value: encodeURIComponent(ELSEWHERE), url: baseURL ?? "" },
  ]);
  await open(page, `/queues/${work.queue}?tz=utc`);
  await expect(page.getByRole("button", { name: "Times in UTC" })).toBeVisible();
  await page.getByRole("main").getByRole("link", { name: "Events", exact: true }).click();
  await expect(page).toHaveURL(/\/events\?tz=UTC$/);
  await open(page, `/queues/${work.queue}?tz=Nowhere/Land`);
  await expect(page.getByRole("button", { name: `Times in ${ELSEWHERE}` })).toBeVisible();
  await expect(page).toHaveURL(/tz=Asia\/Tokyo$/);
});
