import { SignJWT } from "jose";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { forgetEnvironment } from "@/lib/db/env";
import { deriveKey } from "@/lib/db/keys";
import { closePools } from "@/lib/db/pools";
import { openTestDatabase } from "@/testing/dashboard-database";
import { createApiToken } from "./api-token";
import { forgetOutage } from "./identity-tables";
import { transactionCookie } from "./oidc";
import { withPermission } from "./require";
import {
  endSession,
  endSessionByCookie,
  endSessions,
  forgetSession,
  listSessions,
  startSession,
} from "./session";
import { renewSession, sessionCookie, signSession, verifySession } from "./session-cookie";
import { signInByToken } from "./sign-in";
import { headersOf, person } from "./testing/people";

const TOKEN = "a-token-of-24-characters";
const database = openTestDatabase({
  settings: { DASHBOARD_TOKEN: TOKEN, DASHBOARD_OPERATOR: "ada" },
});
const lines = vi.spyOn(console, "warn").mockImplementation(() => {});

beforeAll(() => forgetEnvironment());
beforeEach(() => lines.mockClear());
afterEach(() => vi.useRealTimers());

const origin = (address: string | null = "10.0.0.1") => ({ address, userAgent: "Firefox" });
const cookieName = "absurd_dashboard_session";
const asHeaders = (session: string) => ({ cookie: `a=b; ${cookieName}=${session}; c=d` });
const request = (headers: Record<string, string> = {}) =>
  new Request("http://localhost/", { headers });
const see = (headers: Record<string, string>) =>
  withPermission("view", request(headers), ({ name }) => name);

async function signIn(): Promise<string> {
  const result = await signInByToken(TOKEN, origin());
  if (result.outcome !== "signed_in") throw new Error(result.outcome);
  return result.session;
}

test("the token is exchanged for a session of the break-glass admin", async () => {
  const headers = asHeaders(await signIn());
  const identity = await withPermission("drop queue", request(headers), (one) => one);
  expect(identity).toMatchObject({ name: "ada", door: "token", grants: [{ role: "admin" }] });
  expect(await listSessions()).toMatchObject([
    { name: "ada", door: "token", address: "10.0.0.1", userAgent: "Firefox" },
  ]);
});

test("requests without a session, or with a foreign one, are refused", async () => {
  const now = Math.floor(Date.now() / 1_000);
  const good = await signSession({ identity: person("ada"), startedAt: now, activeAt: now });
  const [header, , signature] = good.split(".");
  const claims = { sub: "eve", name: "eve", door: "token", reasons: [], sid: null, iat: now };
  const admin = [{ role: "admin", queues: null, tenants: null, payloads: true }];
  const payload = { ...claims, grants: admin, active: now, exp: now + 60 };
  const forged = Buffer.from(JSON.stringify(payload)).toString("base64url");
  const sign = (change: object, typ: string, key: Uint8Array) =>
    new SignJWT({ ...payload, iss: "absurd-dashboard", aud: "absurd-dashboard", ...change })
      .setProtectedHeader({ alg: "HS256", typ })
      .sign(key);
  const bad = [
    "",
    "x",
    `${header}.${forged}.${signature}`,
    `${Buffer.from('{"alg":"none","typ":"session+jwt"}').toString("base64url")}.${forged}.`,
    await sign({}, "session+jwt", deriveKey("another purpose")),
    await sign({ aud: "another" }, "session+jwt", deriveKey("session")),
    await sign({}, "JWT", deriveKey("session")),
    await sign({ exp: now - 1 }, "session+jwt", deriveKey("session")),
    await sign({ grants: "all" }, "session+jwt", deriveKey("session")),
  ];
  expect(await verifySession(await sign({}, "session+jwt", deriveKey("session")))).not.toBeNull();
  for (const session of bad)
    await expect(see(asHeaders(session)), session).rejects.toMatchObject({
      code: "unauthenticated",
    });
  await expect(see({})).rejects.toMatchObject({ code: "unauthenticated" });
});

test("over https, only the cookie that no other host can set counts", async () => {
  const session = await signIn();
  const https = new Headers({ "x-forwarded-proto": "https, http" });
  const { name, secure } = sessionCookie(https);
  expect([name, secure]).toEqual([`__Host-${cookieName}`, true]);
  const headers = { "x-forwarded-proto": "https", ...asHeaders(session) };
  await expect(see(headers)).rejects.toMatchObject({ code: "unauthenticated" });
  expect(await see({ ...headers, cookie: `${name}=${session}` })).toBe("ada");
});

test("a session with very many grants fits into a cookie", async () => {
  const queues = Array.from({ length: 400 }, (_, n) => `billing-of-region-${n}-*`);
  const many = person("eli", { role: "viewer", queues }, { role: "operator", tenants: queues });
  const session = await startSession(many, origin());
  expect(session.length).toBeLessThan(4_000);
  const seen = await withPermission("view", request(asHeaders(session)), ({ grants }) => grants);
  expect(seen).toMatchObject([{ role: "viewer", queues }, { role: "operator" }]);
});

test("a copied cookie is invalid once the person has signed out", async () => {
  const session = await signIn();
  expect(await see(asHeaders(session))).toBe("ada");
  await endSessionByCookie(session);
  await expect(see(asHeaders(session))).rejects.toMatchObject({ code: "unauthenticated" });
});

test("a session without a row ends in this process too", async () => {
  const headers = await headersOf(person("grace", { role: "viewer" }));
  expect(await see(headers)).toBe("grace");
  await endSessionByCookie(headers.cookie?.split("; ")[1]?.slice(cookieName.length + 1));
  await expect(see(headers)).rejects.toMatchObject({ code: "unauthenticated" });
});

test("one session, or all sessions of a person, can be ended from another", async () => {
  const [one, two] = [await signIn(), await signIn()];
  const id = (await verifySession(one))?.identity.sessionId ?? "";
  expect(await endSession(id, "revoked by grace")).toBe(true);
  expect(await endSession(id, "revoked by grace")).toBe(false);
  await expect(see(asHeaders(one))).rejects.toMatchObject({ code: "unauthenticated" });
  expect(await see(asHeaders(two))).toBe("ada");
  expect(
    await endSessions({ door: "token", subject: "token", except: null }, "revoked"),
  ).toBeGreaterThan(0);
  await expect(see(asHeaders(two))).rejects.toMatchObject({ code: "unauthenticated" });
  const { rows } = await database.pool.query(
    "select end_reason from absurd_dashboard.session where session_id = $1",
    [id],
  );
  expect(rows).toEqual([{ end_reason: "revoked by grace" }]);
});

test("a session ends after half an hour without input, and polling does not keep it open", async () => {
  const session = await signIn();
  const id = (await verifySession(session))?.identity.sessionId ?? "";
  const setBack = (minutes: number) =>
    database.pool.query(
      "update absurd_dashboard.session set active_at = now() - make_interval(mins => $2) where session_id = $1",
      [id, minutes],
    );
  await setBack(29);
  expect(await see(asHeaders(session))).toBe("ada");
  await setBack(31);
  // Another process may trust its earlier lookup for five seconds.
  forgetSession(id);
  await expect(see(asHeaders(session))).rejects.toMatchObject({ code: "unauthenticated" });
  const ended = "select end_reason from absurd_dashboard.session where session_id = $1";
  expect((await database.pool.query(ended, [id])).rows).toEqual([{ end_reason: "idle" }]);
});

test("input by the person keeps the session open", async () => {
  const session = await signIn();
  const id = (await verifySession(session))?.identity.sessionId ?? "";
  await database.pool.query(
    "update absurd_dashboard.session set active_at = now() - interval '29 minutes' where session_id = $1",
    [id],
  );
  await see({ ...asHeaders(session), "x-activity": "1" });
  await vi.waitFor(async () => {
    const { rows } = await database.pool.query(
      "select active_at > now() - interval '1 minute' as active from absurd_dashboard.session where session_id = $1",
      [id],
    );
    expect(rows).toEqual([{ active: true }]);
  });
});

test("without a row, the cookie itself stores the last activity", async () => {
  const now = Math.floor(Date.now() / 1_000);
  const make = (activeAt: number) =>
    signSession({
      identity: person("linus", { role: "viewer" }),
      startedAt: now - 3_600,
      activeAt,
    });
  expect(await see(asHeaders(await make(now - 29 * 60)))).toBe("linus");
  await expect(see(asHeaders(await make(now - 31 * 60)))).rejects.toMatchObject({
    code: "unauthenticated",
  });
  const renewed = await renewSession(new Headers(asHeaders(await make(now - 10 * 60))));
  expect((await verifySession(renewed?.value))?.activeAt).toBeGreaterThanOrEqual(now);
  expect(renewed?.maxAge).toBeLessThanOrEqual(11 * 3_600);
  expect(await renewSession(new Headers(asHeaders(await make(now - 60))))).toBeNull();
});

test("a session ends twelve hours after its start, regardless of activity", async () => {
  const now = Math.floor(Date.now() / 1_000);
  const make = (startedAt: number) =>
    signSession({ identity: person("ken"), startedAt, activeAt: now });
  expect(await verifySession(await make(now - 43_000))).not.toBeNull();
  expect(await verifySession(await make(now - 43_300))).toBeNull();
});

test("a person may do what a grant includes, and a refusal is logged and recorded", async () => {
  const headers = await headersOf(person("bob\n\u001b[31m", { role: "viewer" }));
  await expect(withPermission("cancel task", request(headers), () => 1)).rejects.toMatchObject({
    code: "forbidden",
  });
  const [line] = lines.mock.calls.flat();
  expect(JSON.parse(line)).toMatchObject({ refused: "cancel task", code: "forbidden" });
  expect(line.split("\n")).toHaveLength(1);
  expect(line).not.toContain("\u001b");
  const { rows } = await database.pool.query(
    "select action, outcome, code, door, subject from absurd_dashboard.audit_entry where action = 'cancel task'",
  );
  expect(rows).toMatchObject([{ outcome: "refused", code: "forbidden", door: "oidc" }]);
});

test("no one can lock out others, and wrong tokens cannot flood the audit log", async () => {
  const outcomes = new Set<string>();
  for (let n = 0; n < 300; n++)
    outcomes.add(
      (await signInByToken(`guess ${n}`, origin(n < 200 ? "10.0.0.2" : `10.1.0.${n}`))).outcome,
    );
  expect([...outcomes].sort()).toEqual(["too_many_attempts", "wrong_token"]);
  for (const address of ["10.0.0.2", "10.9.9.9", null])
    expect(await signInByToken(TOKEN, origin(address))).toMatchObject({ outcome: "signed_in" });
  const { rows } = await database.pool.query(
    "select count(*)::int as n from absurd_dashboard.audit_entry where code = 'wrong_token'",
  );
  expect(rows[0].n).toBeLessThanOrEqual(120);
  expect(rows[0].n).toBeGreaterThan(0);
});

test("while the only database is unavailable the signed session counts, so that pages can explain the problem", async () => {
  const [session, ended] = [await signIn(), await signIn()];
  const forget = async (one: string) =>
    forgetSession((await verifySession(one))?.identity.sessionId ?? "");
  await see(asHeaders(ended));
  const databaseUrl = process.env.DATABASE_URL ?? "";
  const reach = async (url: string, readUrl?: string) => {
    await closePools();
    process.env.DATABASE_URL = url;
    if (readUrl === undefined) delete process.env.DATABASE_READ_URL;
    else process.env.DATABASE_READ_URL = readUrl;
    forgetEnvironment();
  };
  try {
    await endSessionByCookie(ended);
    await forget(session);
    await reach("postgresql://127.0.0.1:9/away");
    expect(await see(asHeaders(session))).toBe("ada");
    // An end that this process has seen still holds.
    await expect(see(asHeaders(ended))).rejects.toMatchObject({ code: "unauthenticated" });
    // Rows could be read from a replica, and whether the session was ended is unknown.
    await reach("postgresql://127.0.0.1:9/away", databaseUrl);
    await expect(see(asHeaders(session))).rejects.toMatchObject({ code: "database_unavailable" });
  } finally {
    await reach(databaseUrl);
  }
  expect(await see(asHeaders(session))).toBe("ada");
});

test("while the first of several databases is unavailable, the others stay open for an hour", async () => {
  const id = async (one: string) => (await verifySession(one))?.identity.sessionId ?? "";
  const [session, idle, unknown, left] = [
    await signIn(),
    await signIn(),
    await signIn(),
    await signIn(),
  ];
  const { token } = await createApiToken(database.pool, {
    ...{ name: "ci", days: 1, createdBy: "ada" },
    grants: [{ role: "viewer", queues: null, tenants: null, payloads: true }],
  });
  const bearer = { authorization: `Bearer ${token}` };
  for (const one of [session, idle, left]) await see(asHeaders(one));
  expect(await see(bearer)).toBe("ci");
  forgetSession(await id(unknown));
  const databaseUrl = process.env.DATABASE_URL ?? "";
  const homes = { present: databaseUrl, away: "postgresql://127.0.0.1:9/away" };
  const reach = async (home: keyof typeof homes) => {
    await closePools();
    const list = [
      { name: "home", url: homes[home] },
      { name: "us", url: databaseUrl },
    ];
    Object.assign(process.env, { DATABASE_URL: "", DATABASES: JSON.stringify(list) });
    forgetEnvironment();
    forgetOutage();
  };
  const seeThere = (headers: Record<string, string>) =>
    see({ ...headers, "x-absurd-database": "us" });
  const clock = vi.spyOn(performance, "now");
  const pass = (minutes: number) => {
    const now = performance.now() + minutes * 60_000;
    clock.mockImplementation(() => now);
  };
  const refusal = { code: "database_unavailable" };
  try {
    await reach("away");
    pass(25);
    expect(await seeThere({ ...asHeaders(session), "x-activity": "1" })).toBe("ada");
    expect(await seeThere(bearer)).toBe("ci");
    // A session that this process never looked up may have been ended.
    await expect(seeThere(asHeaders(unknown))).rejects.toMatchObject(refusal);
    // A sign-out takes effect, and signing in works without the first database.
    expect(await endSessionByCookie(left)).toMatchObject({ idToken: null });
    await expect(seeThere(asHeaders(left))).rejects.toMatchObject({ code: "unauthenticated" });
    const begun = await signIn();
    const claims = await verifySession(begun);
    expect(claims?.identity.sessionId).toBeNull();
    const endsIn = (claims?.startedAt ?? 0) + 12 * 3_600 - Date.now() / 1_000;
    expect(endsIn).toBeGreaterThan(3_590);
    expect(endsIn).toBeLessThanOrEqual(3_600);
    expect(await seeThere(asHeaders(begun))).toBe("ada");
    pass(25);
    expect(await seeThere(asHeaders(session))).toBe("ada");
    await expect(seeThere(asHeaders(idle))).rejects.toMatchObject({ code: "unauthenticated" });
    pass(15);
    await expect(seeThere(asHeaders(session))).rejects.toMatchObject(refusal);
    await expect(seeThere(bearer)).rejects.toMatchObject(refusal);
    await reach("present");
    expect(await seeThere(asHeaders(session))).toBe("ada");
    expect(await seeThere(asHeaders(idle))).toBe("ada");
    expect(await seeThere(asHeaders(unknown))).toBe("ada");
    expect(await seeThere(bearer)).toBe("ci");
    await expect(seeThere(asHeaders(left))).rejects.toMatchObject({ code: "unauthenticated" });
  } finally {
    clock.mockRestore();
    await closePools();
    delete process.env.DATABASES;
    process.env.DATABASE_URL = databaseUrl;
    forgetEnvironment();
  }
});

test("a database that responds with an error does not make a session valid", async () => {
  const session = await signIn();
  forgetSession((await verifySession(session))?.identity.sessionId ?? "");
  await database.pool.query("alter table absurd_dashboard.session rename to session_away");
  await expect(see(asHeaders(session))).rejects.toThrow();
  await database.pool.query("alter table absurd_dashboard.session_away rename to session");
  expect(await see(asHeaders(session))).toBe("ada");
});

test("dashboards at several paths of one host have cookies of their own", () => {
  const names = ["", "/a-b", "/a_b", "/a/b", "/a.b", "/a"].flatMap((path) => {
    vi.stubEnv("BASE_PATH", path);
    forgetEnvironment();
    return [sessionCookie(new Headers()).name, transactionCookie(new Headers()).name];
  });
  vi.unstubAllEnvs();
  forgetEnvironment();
  expect(new Set(names).size).toBe(12);
  for (const name of names) expect(name).toMatch(/^[\w%.~-]+$/);
});
