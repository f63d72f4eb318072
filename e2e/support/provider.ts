import { expect, type Page } from "@playwright/test";
import getPort from "get-port";
import {
  type IdentityProvider,
  providerSettings,
  startIdentityProvider,
} from "@/testing/identity-provider/identity-provider";
import { type Dashboard, startDashboard } from "./dashboard";
import { test } from "./fixtures";

/** Groups of each account. `ops` are admins, `billing` operators of `billing-*`, `dev` viewers; others have no role. */
export const ACCOUNTS = { ada: ["ops"], bob: ["billing", "dev"], dan: ["dev"], eve: ["sales"] };

/** A dashboard whose people sign in at a real OpenID provider. */
export type WithProvider = { dashboard: Dashboard; provider: IdentityProvider };

export async function startWithProvider(
  settings: Record<string, string> = {},
): Promise<WithProvider> {
  const port = String(await getPort({ host: "127.0.0.1" }));
  const url = `http://127.0.0.1:${port}`;
  const provider = await startIdentityProvider(url, ACCOUNTS);
  const dashboard = await startDashboard({
    ...{ DATABASE_URL: process.env.E2E_DATABASE_URL ?? "", PORT: port },
    ...providerSettings(provider.issuer, url),
    ...settings,
  });
  return { dashboard, provider };
}

export async function stopWithProvider({ dashboard, provider }: WithProvider): Promise<void> {
  await Promise.all([dashboard.stop(), provider.stop()]);
}

/**
 * One provider and one dashboard for all tests of a file, which run one after another, since some change the provider.
 * Each starts with the usual accounts, right tokens and the right time.
 */
export function shareProvider(): () => WithProvider {
  test.describe.configure({ mode: "default" });
  let started: WithProvider;
  test.beforeAll(async () => {
    started = await startWithProvider();
  });
  test.afterAll(() => stopWithProvider(started));
  test.beforeEach(() => started.provider.control({ accounts: ACCOUNTS, wrong: null, clock: 0 }));
  return () => started;
}

/** Opens a page of the dashboard without a session, and signs in on the provider's own pages. */
export async function signInAtProvider(page: Page, address: string, login: string): Promise<void> {
  await beginAtProvider(page, address, login);
  await page.getByRole("button", { name: "Continue" }).click();
}

/** Signs in up to the redirect back, and returns the URL to which the provider redirects. */
export async function getCallback(page: Page, address: string, login: string): Promise<string> {
  await beginAtProvider(page, address, login);
  const action = await page.locator("form").first().getAttribute("action");
  const confirmed = await page.request.post(new URL(action ?? "", page.url()).href, {
    ...{ form: { prompt: "consent" }, maxRedirects: 0 },
  });
  const resumed = await page.request.get(confirmed.headers().location ?? "", { maxRedirects: 0 });
  return resumed.headers().location ?? "";
}

async function beginAtProvider(page: Page, address: string, login: string): Promise<void> {
  // The provider's pages import a font from the internet.
  await page.route(
    (url) => url.hostname !== "127.0.0.1",
    (route) => route.abort(),
  );
  await page.goto(address);
  await page.getByRole("link", { name: "Sign in with single sign-on" }).click();
  await page.locator("input[name=login]").fill(login);
  await page.locator("input[name=password]").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await expect(page.locator("input[name=prompt][value=consent]")).toBeAttached();
}
