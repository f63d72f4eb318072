import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { forgetEnvironment } from "@/lib/db/env";
import { forgetRetries } from "@/lib/identity/caller";
import { forgetProvider, getSignOutUrl } from "@/lib/identity/oidc";
import { withPermission } from "@/lib/identity/require";
import { forgetSession } from "@/lib/identity/session";
import { verifySession } from "@/lib/identity/session-cookie";
import { openTestDatabase } from "@/testing/dashboard-database";
import {
  type IdentityProvider,
  providerSettings,
  startIdentityProvider,
} from "@/testing/identity-provider/identity-provider";
import { GET as callback } from "./callback/route";
import { GET as begin } from "./route";

const HERE = "http://127.0.0.1:3999";
const database = openTestDatabase();
let provider: IdentityProvider;
const accounts = { ada: ["ops"], bob: ["billing", "dev"], eve: ["sales"] };

for (const level of ["warn", "error", "info"] as const)
  vi.spyOn(console, level).mockImplementation(() => {});

beforeAll(async () => {
  provider = await startIdentityProvider(HERE, accounts);
  Object.assign(process.env, providerSettings(provider.issuer, HERE));
  forgetEnvironment();
});
afterAll(() => provider.stop());
beforeEach(() => provider.control({ accounts, clock: 0, left: [], wrong: null }));

type Jar = Map<string, string>;

/** Follows a provider's pages like a browser until it redirects back; returns that URL. */
async function signInAtProvider(start: string, login: string, jar: Jar = new Map()): Promise<URL> {
  let url = new URL(start);
  let form: URLSearchParams | undefined;
  for (let hop = 0; hop < 15; hop++) {
    const response = await fetch(url, {
      redirect: "manual",
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") },
      ...(form && { method: "POST", body: form }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ""] = cookie.split(";");
      jar.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
    form = undefined;
    const location = response.headers.get("location");
    if (location) {
      url = new URL(location, url);
      if (url.origin === HERE) return url;
      continue;
    }
    const page = await response.text();
    const action = /action="([^"]+)"/.exec(page)?.[1];
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
    if (!action || !prompt) throw new Error(`The provider shows ${response.status}: ${page}`);
    url = new URL(action, url);
    form = new URLSearchParams({ prompt, ...(prompt === "login" && { login, password: "x" }) });
  }
  throw new Error("The provider does not send the person back.");
}

type Begun = { to: string; transaction: string };

async function beginHere(next = "/tasks"): Promise<Begun> {
  const response = await begin(
    new Request(`${HERE}/sign-in/oidc?next=${encodeURIComponent(next)}`),
  );
  const transaction = response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  return { to: response.headers.get("location") ?? "", transaction };
}

const finish = (back: URL, transaction: string) =>
  callback(new Request(back, { headers: { cookie: transaction } }));

/** The session cookie that a response sets. */
function sessionOf(response: Response): string | undefined {
  const cookies = response.headers.getSetCookie();
  const session = cookies.find((cookie) => cookie.startsWith("absurd_dashboard_session="));
  return session?.split(";")[0];
}

async function signIn(login: string, next?: string) {
  const { to, transaction } = await beginHere(next);
  const response = await finish(await signInAtProvider(to, login), transaction);
  return { response, cookie: sessionOf(response) ?? "" };
}

const see = (cookie: string) =>
  withPermission("view", new Request(HERE, { headers: { cookie } }), (identity) => identity);
const idOf = async (cookie: string) =>
  (await verifySession(cookie.split("=")[1]))?.identity.sessionId ?? "";

test("a person signs in, gets the roles of their groups and returns to the requested page", async () => {
  const { response, cookie } = await signIn("bob", "/queues/billing-eu?x=1");
  expect([response.status, response.headers.get("location")]).toEqual([
    303,
    "/queues/billing-eu?x=1",
  ]);
  expect(response.headers.getSetCookie().join("\n")).toMatch(
    /session=[^\n]*HttpOnly; SameSite=lax/i,
  );
  expect(await see(cookie)).toMatchObject({
    ...{ subject: "bob", name: "Bob Test", door: "oidc" },
    grants: [
      { role: "operator", queues: ["billing-*"] },
      { role: "viewer", queues: null },
    ],
    reasons: ["groups: billing", "groups: dev"],
  });
  const { rows } = await database.pool.query(
    "select outcome, door, subject from absurd_dashboard.audit_entry where action = 'sign in'",
  );
  expect(rows).toEqual([{ outcome: "done", door: "oidc", subject: "bob" }]);
});

test("a return URL too long for a cookie leads to the start page", async () => {
  const { transaction } = await beginHere(`/tasks?where=${"x".repeat(6_000)}`);
  expect(transaction.length).toBeLessThan(4_000);
  expect(
    (await signIn("ada", `/tasks?where=${"x".repeat(6_000)}`)).response.headers.get("location"),
  ).toBe("/");
});

test("an account without a role gets 403 that names the evaluated claim, and no session", async () => {
  const { response, cookie } = await signIn("eve");
  expect([response.status, cookie]).toEqual([403, ""]);
  expect(await response.text()).toContain("groups: sales");
});

test("the request to the provider has PKCE, state and nonce, and no secret in its URL", async () => {
  const { to, transaction } = await beginHere();
  const query = new URL(to).searchParams;
  expect(query.get("code_challenge_method")).toBe("S256");
  for (const name of ["state", "nonce", "code_challenge"])
    expect(query.get(name)?.length, name).toBeGreaterThan(20);
  expect(to).not.toContain("secret");
  expect(transaction).not.toContain(query.get("state"));
});

test.each(["audience", "nonce", "issuer", "signature"])(
  "an id token with a wrong %s is refused",
  async (wrong) => {
    await provider.control({ wrong });
    const { response, cookie } = await signIn("ada");
    expect(response.headers.get("location")).toBe("/sign-in?problem=refused");
    expect(cookie).toBe("");
  },
);

test("a code works once, only in the browser that started and with its state", async () => {
  const { to, transaction } = await beginHere();
  const back = await signInAtProvider(to, "ada");
  const problem = async (url: URL, cookie: string) => {
    const response = await finish(url, cookie);
    expect(sessionOf(response)).toBeUndefined();
    return response.headers.get("location");
  };
  expect(await problem(back, "")).toBe("/sign-in?problem=expired");
  expect(await problem(back, (await beginHere()).transaction)).toBe("/sign-in?problem=refused");
  const forged = new URL(back);
  forged.searchParams.set("state", "x");
  expect(await problem(forged, transaction)).toBe("/sign-in?problem=refused");
  const tampered = `${transaction.slice(0, -4)}AAAA`;
  expect(await problem(back, tampered)).toBe("/sign-in?problem=expired");
  expect(sessionOf(await finish(back, transaction))).toBeDefined();
  expect(await problem(back, transaction)).toBe("/sign-in?problem=refused");
});

test("a code for another client is refused", async () => {
  const { to, transaction } = await beginHere();
  const other = new URL(to);
  other.searchParams.set("client_id", "another");
  const response = await finish(await signInAtProvider(other.href, "ada"), transaction);
  expect(response.headers.get("location")).toBe("/sign-in?problem=refused");
});

test("clocks may differ by up to half a minute", async () => {
  // Id tokens of this provider are valid for one minute.
  await provider.control({ clock: -80 });
  expect((await signIn("ada")).cookie).not.toBe("");
  await provider.control({ clock: -120 });
  expect((await signIn("ada")).response.headers.get("location")).toBe("/sign-in?problem=refused");
});

test("a new signing key of the provider is fetched", async () => {
  expect((await signIn("ada")).cookie).not.toBe("");
  await provider.control({ rotate: true });
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 65_000 });
  await provider.control({ clock: 65 });
  expect((await signIn("ada")).cookie).not.toBe("");
  vi.useRealTimers();
});

test("an unreachable provider is reported, and neither signs people in nor out", async () => {
  const { cookie } = await signIn("ada");
  process.env.DASHBOARD_OIDC_ISSUER = "http://127.0.0.1:9";
  forgetEnvironment();
  forgetProvider();
  expect((await beginHere()).to).toBe("/sign-in?problem=unavailable");
  expect(await see(cookie)).toMatchObject({ name: "Ada Test" });
  expect(await getSignOutUrl("x")).toBeNull();
  process.env.DASHBOARD_OIDC_ISSUER = provider.issuer;
  forgetEnvironment();
  forgetProvider();
  expect((await beginHere()).to).toContain(provider.issuer);
});

/** Makes the last confirmation by the provider appear this old. */
async function confirmedAgo(cookie: string, minutes: number) {
  const id = await idOf(cookie);
  await database.pool.query(
    "update absurd_dashboard.session set confirmed_at = now() - make_interval(mins => $2) where session_id = $1",
    [id, minutes],
  );
  forgetSession(id);
}

test("a role changed at the provider takes effect after fifteen minutes", async () => {
  const { cookie } = await signIn("ada");
  await provider.control({ accounts: { ...accounts, ada: ["dev"] } });
  expect(await see(cookie)).toMatchObject({ grants: [{ role: "admin" }] });
  await confirmedAgo(cookie, 16);
  // Concurrent requests refresh only once, because the provider accepts a refresh token a single time.
  const seen = await Promise.all(Array.from({ length: 8 }, () => see(cookie)));
  for (const identity of seen) expect(identity).toMatchObject({ grants: [{ role: "viewer" }] });
  await confirmedAgo(cookie, 16);
  expect(await see(cookie)).toMatchObject({ grants: [{ role: "viewer" }] });
});

test("a person who left or lost every role is signed out after fifteen minutes", async () => {
  const [ada, bob] = [await signIn("ada"), await signIn("bob")];
  await provider.control({ left: ["ada"], accounts: { ...accounts, bob: ["sales"] } });
  for (const { cookie } of [ada, bob]) {
    await confirmedAgo(cookie, 16);
    await expect(see(cookie)).rejects.toMatchObject({ code: "unauthenticated" });
  }
  const { rows } = await database.pool.query(
    "select subject, end_reason from absurd_dashboard.session where session_id = any($1) order by 1",
    [[await idOf(ada.cookie), await idOf(bob.cookie)]],
  );
  expect(rows).toEqual([
    { subject: "ada", end_reason: "no longer confirmed by the provider" },
    { subject: "bob", end_reason: "no longer has a role" },
  ]);
});

test("while the provider is unreachable, a session lasts one more interval", async () => {
  const { cookie } = await signIn("ada");
  process.env.DASHBOARD_OIDC_ISSUER = "http://127.0.0.1:9";
  forgetEnvironment();
  forgetProvider();
  await confirmedAgo(cookie, 16);
  expect(await see(cookie)).toMatchObject({ name: "Ada Test" });
  await confirmedAgo(cookie, 31);
  forgetRetries();
  await expect(see(cookie)).rejects.toMatchObject({ code: "unauthenticated" });
  process.env.DASHBOARD_OIDC_ISSUER = provider.issuer;
  forgetEnvironment();
  forgetProvider();
});

test("the provider's own tokens are encrypted at rest", async () => {
  const { cookie } = await signIn("ada");
  const { rows } = await database.pool.query(
    "select id_token as id, refresh_token as refresh from absurd_dashboard.session where session_id = $1",
    [await idOf(cookie)],
  );
  expect(rows[0].refresh.length).toBeGreaterThan(30);
  expect(rows[0].id.toString("latin1")).not.toContain("eyJ");
});

test("signing out redirects to the provider's sign-out and back", async () => {
  const url = new URL((await getSignOutUrl("the-id-token")) ?? "");
  expect(url.origin).toBe(provider.issuer);
  expect(url.searchParams.get("post_logout_redirect_uri")).toBe(`${HERE}/sign-in`);
});
