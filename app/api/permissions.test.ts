/** Every route and action declares a permission, and refuses callers without it before reading or changing anything. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { PREVIEWS } from "@/lib/actions/previews/previews";
import { forgetEnvironment } from "@/lib/db/env";
import { assumeViewer } from "@/lib/db/viewer";
import type { Identity } from "@/lib/identity/identity";
import { sessionCookie, signSession } from "@/lib/identity/session-cookie";
import { PERMISSIONS } from "@/lib/model/access";

type Route = {
  GET: (request: Request, context: { params: Promise<object> }) => Promise<Response>;
};
const routes = import.meta.glob<Route>("./**/route.ts");
const actions = import.meta.glob<Record<string, (input: object) => Promise<unknown>>>([
  "../../lib/actions/*.ts",
  "!**/*.test.ts",
]);

/** Routes open to everyone, with the reason. */
const PROBE = "probes cannot sign in";
const OPEN_ROUTES: Record<string, string> = {
  "./health/route.ts": PROBE,
  "./health/live/route.ts": PROBE,
  "./health/ready/route.ts": PROBE,
  "./health/startup/route.ts": PROBE,
};
const OPEN_ACTIONS = ["signInAction"];
/** Actions on one's own sessions only need the permission to view, and don't change the engine. */
const OWN_ACTIONS = ["revokeSessionAction", "revokeSessionsAction"];
const ACCESS_ACTIONS = [...OWN_ACTIONS, "createTokenAction", "revokeTokenAction"];

/** Their parameter determines the permission. */
const CHOOSING = ["./previews/[preview]/route.ts"];

const TOKEN = "a-token-of-24-characters";
const nobody: Identity = {
  ...{ subject: "eve", name: "eve", door: "token", sessionId: null },
  ...{ grants: [], reasons: [] },
};

for (const level of ["info", "warn", "error"] as const)
  vi.spyOn(console, level).mockImplementation(() => {});

beforeAll(() => {
  // Nothing listens there: a caller without permission must be refused before any query.
  Object.assign(process.env, { DATABASE_URL: "postgresql://127.0.0.1:9/x" });
  assumeViewer(undefined);
});

function set(settings: Record<string, string | undefined>) {
  for (const [name, value] of Object.entries(settings))
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  forgetEnvironment();
}

afterAll(() => set({ DASHBOARD_TOKEN: undefined, DASHBOARD_DISABLE: undefined }));

test("every route refuses people without permission and callers who are not signed in", async () => {
  set({ DASHBOARD_TOKEN: TOKEN });
  const now = Math.floor(Date.now() / 1_000);
  const session = await signSession({ identity: nobody, startedAt: now, activeAt: now });
  const cookie = `${sessionCookie(new Headers()).name}=${session}`;
  const statuses: Record<string, number[]> = {};
  for (const [file, load] of Object.entries(routes)) {
    const { GET } = await load();
    for (const preview of CHOOSING.includes(file) ? Object.keys(PREVIEWS) : [""]) {
      const send = async (headers: Record<string, string>) => {
        const request = new Request("http://localhost:3000/api?input={}", { headers });
        const plain = new Request("http://localhost:3000/api", { headers });
        const params = Promise.resolve({ preview });
        return (await GET(preview ? request : plain, { params })).status;
      };
      statuses[file + preview] = [await send({ cookie }), await send({})];
    }
  }
  const refusing = Object.entries(statuses).filter(([file]) => !(file in OPEN_ROUTES));
  expect(refusing.length).toBeGreaterThan(30);
  expect(Object.fromEntries(refusing)).toEqual(
    Object.fromEntries(refusing.map(([file]) => [file, [403, 401]])),
  );
});

test("every action refuses people without permission", async () => {
  const disabled = PERMISSIONS.filter((name) => name !== "view")
    .map((name) => name.replaceAll(" ", "-"))
    .join(",");
  set({ DASHBOARD_TOKEN: undefined, DASHBOARD_DISABLE: disabled });
  const refused = await refusals();
  expect(Object.keys(refused).length).toBeGreaterThan(15);
  for (const [name, result] of Object.entries(refused).filter(
    ([name]) => !OWN_ACTIONS.includes(name),
  ))
    expect(result, name).toMatchObject({ ok: false, error: { code: "forbidden" } });
});

test("a read-only dashboard refuses every action that makes a change", async () => {
  set({ DASHBOARD_TOKEN: undefined, DASHBOARD_DISABLE: undefined, DASHBOARD_READ_ONLY: "1" });
  for (const [name, result] of Object.entries(await refusals()).filter(
    ([name]) => !ACCESS_ACTIONS.includes(name),
  ))
    expect(result, name).toMatchObject({
      error: { code: "forbidden", message: "This dashboard is read-only." },
    });
  set({ DASHBOARD_READ_ONLY: undefined });
});

async function refusals(): Promise<Record<string, unknown>> {
  const results: Record<string, unknown> = {};
  for (const load of Object.values(actions))
    for (const [name, action] of Object.entries(await load()))
      if (name.endsWith("Action") && name !== "defineAction" && !OPEN_ACTIONS.includes(name))
        results[name] = await action({});
  return results;
}
