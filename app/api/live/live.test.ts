import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { endSession, forgetSession, startSession } from "@/lib/identity/session";
import { sessionCookie, verifySession } from "@/lib/identity/session-cookie";
import { person } from "@/lib/identity/testing/people";
import { countListeners } from "@/lib/live/changes";
import { openTestDatabase } from "@/testing/dashboard-database";
import { GET } from "./route";

const database = openTestDatabase({ settings: { DASHBOARD_TOKEN: "a-token-of-24-characters" } });
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
});
afterEach(() => {
  vi.useRealTimers();
});

async function signIn(grant: { queues?: string[] } = {}, name = "ada") {
  const session = await startSession(person(name, { role: "viewer", ...grant }), {
    ...{ address: null, userAgent: null },
  });
  const sessionId = (await verifySession(session))?.identity.sessionId ?? "";
  return { sessionId, cookie: `${sessionCookie(new Headers()).name}=${session}` };
}

async function openStream(grant: { queues?: string[] } = {}) {
  const { sessionId, cookie } = await signIn(grant);
  const request = new Request("http://localhost/api/live", { headers: { cookie } });
  const reader = (await GET(request)).body?.getReader();
  const closed = reader?.closed.then(() => true) ?? Promise.resolve(false);
  const read = async (): Promise<void> => {
    const part = await reader?.read();
    return part?.done === false ? read() : undefined;
  };
  void read();
  return { sessionId, closed, stop: () => reader?.cancel() };
}

const isOpen = (closed: Promise<boolean>) =>
  Promise.race([
    closed.then(() => false),
    new Promise((resolve) => setTimeout(resolve, 500, true)),
  ]);

test("a stream ends within a minute after its session", async () => {
  const { sessionId, closed } = await openStream();
  vi.advanceTimersByTime(60_000);
  expect(await isOpen(closed)).toBe(true);
  await endSession(sessionId, "revoked");
  vi.advanceTimersByTime(60_000);
  expect(await closed).toBe(true);
});

test("a stream ends when the person's scope changes, so that the next one has the new scope", async () => {
  const { sessionId, closed } = await openStream({ queues: ["shop"] });
  await database.pool.query(
    `update absurd_dashboard.session set grants = replace(grants::text, 'shop', 'mail')::jsonb where session_id = $1`,
    [sessionId],
  );
  forgetSession(sessionId);
  vi.advanceTimersByTime(60_000);
  expect(await closed).toBe(true);
});

test("a HEAD request leaves no stream open", async () => {
  const before = countListeners();
  const { cookie } = await signIn();
  const request = new Request("http://localhost/api/live", { method: "HEAD", headers: { cookie } });
  const response = await GET(request);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toMatch("text/event-stream");
  expect(response.body).toBeNull();
  expect(countListeners()).toBe(before);
});

test("one person can't use up the streams of the others", async () => {
  const open = async ({ cookie }: { cookie: string }) =>
    GET(new Request("http://localhost/api/live", { headers: { cookie } }));
  const [ada, again, ben] = [await signIn(), await signIn(), await signIn({}, "ben")];
  const before = countListeners();
  const streams: Response[] = [];
  for (let n = 0; n < 100; n++) streams.push(await open(n % 2 === 0 ? ada : again));
  expect(new Set(streams.map(({ status }) => status))).toEqual(new Set([200]));
  expect(await (await open(ada)).json()).toMatchObject({ error: { code: "busy" } });
  streams.push(await open(ben));
  expect(streams.at(-1)?.status).toBe(200);
  await streams[0]?.body?.cancel();
  streams.push(await open(again));
  expect(streams.at(-1)?.status).toBe(200);
  for (const { body } of streams.slice(1)) await body?.cancel();
  expect(countListeners()).toBe(before);
});
