/** Faults of a real OpenID provider that take a minute to show, or are as rare as a wrong signature. */
import { expect, test } from "../support/fixtures";
import { shareProvider, signInAtProvider } from "../support/provider";

const shared = shareProvider();

for (const wrong of ["nonce", "issuer", "signature"])
  test(`An id token with a wrong ${wrong} is refused`, async ({ page }) => {
    const { dashboard, provider } = shared();
    await provider.control({ wrong });
    await signInAtProvider(page, dashboard.url, "ada");
    await expect(page).toHaveURL(`${dashboard.url}/sign-in?problem=refused`);
  });

test("Clocks may differ by up to half a minute", async ({ browser }) => {
  const { dashboard, provider } = shared();
  // Id tokens of this provider are valid for one minute.
  for (const [clock, end] of [
    [-80, "/workers"],
    [-120, "/sign-in?problem=refused"],
  ] as const) {
    await provider.control({ clock });
    const page = await (await browser.newContext()).newPage();
    await signInAtProvider(page, `${dashboard.url}/workers`, "ada");
    await expect(page).toHaveURL(`${dashboard.url}${end}`);
    await page.context().close();
  }
});

test("After the provider changes its key, I can sign in within about a minute", async ({
  browser,
}) => {
  test.setTimeout(180_000);
  const { dashboard, provider } = shared();
  const signIn = async () => {
    const page = await (await browser.newContext()).newPage();
    await signInAtProvider(page, `${dashboard.url}/workers`, "ada");
    await expect(page).toHaveURL(new RegExp(`^${dashboard.url}/(workers|sign-in\\?problem)`));
    const { pathname } = new URL(page.url());
    await page.context().close();
    return pathname;
  };
  expect(await signIn()).toBe("/workers");
  await provider.control({ rotate: true });
  await expect.poll(signIn, { timeout: 150_000, intervals: [5_000] }).toBe("/workers");
});
