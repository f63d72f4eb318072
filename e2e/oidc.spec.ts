/** People sign in at a real OpenID provider. Faults that take minutes to show are in `long/oidc.spec.ts`. */
import type { Request } from "@playwright/test";
import { expect, test } from "./support/fixtures";
import { open } from "./support/open";
import { watchPolicy } from "./support/policy";
import {
  ACCOUNTS,
  getCallback,
  shareProvider,
  signInAtProvider,
  startWithProvider,
  stopWithProvider,
} from "./support/provider";

const shared = shareProvider();

test("I sign in at the provider, get to the requested page, see the reasons for my permissions, and sign out there too", async ({
  page,
  work,
}) => {
  const { dashboard, provider } = shared();
  await signInAtProvider(page, `${dashboard.url}/queues/${work.queue}`, "bob");
  await expect(page).toHaveURL(`${dashboard.url}/queues/${work.queue}`);
  await open(page, `${dashboard.url}/settings`);
  const main = page.getByRole("main");
  await expect(main.getByText("Identity provider").first()).toBeVisible();
  await expect(main.getByText("groups: billing; groups: dev").first()).toBeVisible();
  await expect(main.getByText("operator (queues billing-*)").first()).toBeVisible();
  await expect(page.getByText("everything is permitted")).toHaveCount(0);

  const copied = await page.context().cookies(dashboard.url);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(new RegExp(`^${provider.issuer}/session/end`));
  await page.getByRole("button", { name: "Yes, sign me out" }).click();
  await expect(page).toHaveURL(`${dashboard.url}/sign-in`);
  await page.context().addCookies(copied);
  expect((await page.request.get(`${dashboard.url}/api/queues`)).status()).toBe(401);
  // The provider's session has ended too.
  await page.getByRole("link", { name: "Sign in with single sign-on" }).click();
  await expect(page.locator("input[name=login]")).toBeVisible();
});

test("An account without a role gets a page that names the claim, and no session", async ({
  page,
}) => {
  const { dashboard } = shared();
  const violations = watchPolicy(page);
  await signInAtProvider(page, dashboard.url, "eve");
  await expect(page.getByRole("heading", { name: "No role for Eve Test" })).toHaveCSS(
    "font-size",
    "20px",
  );
  expect(violations).toEqual([]);
  await expect(page.getByText("groups: sales")).toBeVisible();
  await expect(page.getByText("DASHBOARD_OIDC_ROLES")).toBeVisible();
  expect((await page.request.get(`${dashboard.url}/api/queues`)).status()).toBe(401);
  const cookies = await page.context().cookies(dashboard.url);
  expect(cookies.filter(({ name }) => name.startsWith("absurd_dashboard"))).toEqual([]);
});

test("A used code is refused, even with the cookie of its sign-in", async ({ page }) => {
  const { dashboard } = shared();
  const callbacks: Request[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/sign-in/oidc/callback?")) callbacks.push(request);
  });
  await signInAtProvider(page, `${dashboard.url}/workers`, "ada");
  await expect(page).toHaveURL(`${dashboard.url}/workers`);
  const [used] = callbacks;
  const { cookie = "" } = (await used?.allHeaders()) ?? {};
  expect(cookie).toContain("absurd_dashboard_sign_in=");
  // An open page without its session redirects to the sign-in page, which would abort the navigation below.
  await page.goto("about:blank");
  await page.context().clearCookies();
  await page.goto(used?.url() ?? "");
  await expect(page).toHaveURL(`${dashboard.url}/sign-in?problem=expired`);
  await expect(page.getByRole("main").getByRole("alert")).toContainText("took too long");
  const replayed = await page.request.get(used?.url() ?? "", {
    ...{ headers: { cookie }, maxRedirects: 0 },
  });
  expect(replayed.headers().location).toBe("/sign-in?problem=refused");
  expect(replayed.headers()["set-cookie"]).not.toContain("absurd_dashboard_session");
});

test("An id token for another application is refused", async ({ page }) => {
  const { dashboard, provider } = shared();
  await provider.control({ wrong: "audience" });
  await signInAtProvider(page, dashboard.url, "ada");
  await expect(page).toHaveURL(`${dashboard.url}/sign-in?problem=refused`);
  await expect(page.getByRole("main").getByRole("alert")).toContainText("did not confirm");
  expect((await page.request.get(`${dashboard.url}/api/queues`)).status()).toBe(401);
});

test("A role revoked at the provider disappears from the open page, and a person who left is signed out", async ({
  page,
  work,
}) => {
  const { dashboard, provider } = shared();
  await signInAtProvider(page, `${dashboard.url}/queues/${work.queue}`, "ada");
  await open(page, `${dashboard.url}/queues/${work.queue}`);
  await expect(page.getByRole("button", { name: "Spawn" })).not.toHaveAttribute("aria-disabled");
  /** Makes the provider's last confirmation appear sixteen minutes old. */
  const wait = () =>
    work.pool.query(
      `update absurd_dashboard.session set confirmed_at = now() - interval '16 minutes'
        where subject = 'ada' and ended_at is null`,
    );
  const roles = async () => {
    const response = await page.request.get(`${dashboard.url}/api/access`);
    if (response.status() !== 200) return response.status();
    return (await response.json()).me.grants.map(({ role }: { role: string }) => role);
  };
  await provider.control({ accounts: { ...ACCOUNTS, ada: ["dev"] } });
  await wait();
  // A process caches its session look-up for five seconds.
  await expect.poll(roles).toEqual(["viewer"]);
  await page.getByRole("button", { name: "Spawn" }).click();
  await page.getByRole("dialog").getByRole("textbox", { name: "Name" }).fill("pack-order");
  await page.getByRole("dialog").getByRole("button", { name: "Spawn" }).click();
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText(
    'Your role does not include the permission "spawn task".',
  );
  await open(page, `${dashboard.url}/queues/${work.queue}`);
  await expect(page.getByRole("button", { name: "Spawn" })).toHaveAttribute(
    "aria-description",
    'Your role does not include the permission "spawn task".',
  );

  await provider.control({ left: ["ada"] });
  await wait();
  await expect.poll(roles).toBe(401);
  await page.goto(`${dashboard.url}/queues`);
  await expect(page).toHaveURL(/\/sign-in/);
  await provider.control({ left: [] });
});

test("While the provider is unreachable, nobody can sign in with it, sessions continue, and the page shows the reason", async ({
  browser,
  page,
}) => {
  const away = await startWithProvider();
  const { dashboard, provider } = away;
  try {
    await signInAtProvider(page, `${dashboard.url}/workers`, "dan");
    await expect(page).toHaveURL(`${dashboard.url}/workers`);
    const other = await (await browser.newContext()).newPage();
    const back = await getCallback(other, dashboard.url, "ada");
    expect(back).toContain(`${dashboard.url}/sign-in/oidc/callback?code=`);
    await provider.stop();
    await other.goto(back);
    await expect(other).toHaveURL(`${dashboard.url}/sign-in?problem=unavailable`);
    await expect(other.getByRole("main").getByRole("alert")).toContainText("did not answer");
    await other.context().close();
    await page.goto(`${dashboard.url}/events`);
    await expect(page).toHaveURL(`${dashboard.url}/events`);
    // A provider outage doesn't extend sessions.
    await open(page, `${dashboard.url}/queues`);
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect
      .poll(async () => (await page.request.get(`${dashboard.url}/api/queues`)).status())
      .toBe(401);
  } finally {
    await stopWithProvider(away);
  }
});
