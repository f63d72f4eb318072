/** Sessions and tokens: a person's own, and those that managers of everything or of a part see. */
import { randomUUID } from "node:crypto";
import { beforeEach, expect, test, vi } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { workThrough } from "@/lib/bulk/work";
import { getAccessOverview } from "@/lib/identity/overview";
import { withPermission } from "@/lib/identity/require";
import { findSession, forgetSession, startSession } from "@/lib/identity/session";
import { sessionCookie, verifySession } from "@/lib/identity/session-cookie";
import { person } from "@/lib/identity/testing/people";
import type { Grant } from "@/lib/model/access";
import type { Uuid } from "@/lib/model/ids";
import { openTestDatabase } from "@/testing/dashboard-database";
import {
  createTokenAction,
  revokeSessionAction,
  revokeSessionsAction,
  revokeTokenAction,
} from "./access";
import { abortBulkAction, startBulkAction } from "./bulk";

/** Provided by the framework: the headers of the request that an action runs in. */
const request = vi.hoisted(() => ({ headers: new Headers() }));
vi.mock("next/headers", () => ({ headers: async () => request.headers }));
for (const level of ["info", "warn"] as const) vi.spyOn(console, level).mockReturnValue();

const database = openTestDatabase({ settings: { DASHBOARD_TOKEN: "a-token-of-24-characters" } });
beforeEach(() => database.pool.query("delete from absurd_dashboard.session"));

type SignedIn = { cookie: string; sessionId: string };

async function signIn(name: string, ...grants: (Partial<Grant> & Pick<Grant, "role">)[]) {
  const origin = { address: "10.0.0.1", userAgent: "Firefox" };
  const session = await startSession(person(name, ...grants), origin);
  const sessionId = (await verifySession(session))?.identity.sessionId ?? "";
  return { cookie: `${sessionCookie(new Headers()).name}=${session}`, sessionId };
}

const acme = { role: "admin", tenants: ["acme"] } as const;
const team = () =>
  Promise.all([
    signIn("root", { role: "admin" }),
    signIn("ada", acme),
    signIn("ann", { role: "viewer", tenants: ["acme"] }),
    signIn("bob", { role: "operator", tenants: ["globex"] }),
  ]);

function act({ cookie }: SignedIn) {
  request.headers = new Headers({ cookie });
}

const overviewOf = ({ cookie }: SignedIn) =>
  withPermission("view", new Request("http://localhost/", { headers: { cookie } }), (identity) =>
    getAccessOverview(identity),
  );

const isOpen = async (one: SignedIn) => {
  const { rows } = await database.pool.query(
    "select ended_at is null as open from absurd_dashboard.session where session_id = $1",
    [one.sessionId],
  );
  return rows[0].open;
};

const TOKEN = { name: "grafana", role: "viewer", queues: null, payloads: true, days: 30 } as const;

test("a manager of a part sees the people, sessions and tokens of that part only", async () => {
  const [root, ada, ann, bob] = await team();
  for (const tenant of ["acme", "globex"]) {
    act(root);
    const made = await createTokenAction({ ...TOKEN, name: tenant, tenants: [tenant] });
    expect(made).toMatchObject({ ok: true });
  }
  const seen = async (who: SignedIn) => {
    const { sessions, tokens, people } = await overviewOf(who);
    const names = (list: { name: string }[]) => list.map(({ name }) => name).sort();
    return { sessions: names(sessions), tokens: names(tokens), people: names(people) };
  };
  const all = ["ada", "ann", "bob", "root"];
  expect(await seen(root)).toEqual({ sessions: all, tokens: ["acme", "globex"], people: all });
  const part = ["ada", "ann"];
  expect(await seen(ada)).toEqual({ sessions: part, tokens: ["acme"], people: part });
  for (const [one, name] of [
    [ann, "ann"],
    [bob, "bob"],
  ] as const)
    expect(await seen(one)).toEqual({ sessions: [name], tokens: [], people: [] });
});

test("a token is shown once and stored nowhere, also when a request arrives twice", async () => {
  const [root] = await team();
  act(root);
  const press = { ...TOKEN, tenants: null, requestId: randomUUID() as Uuid };
  const made = await createTokenAction(press);
  if (!made.ok) throw new Error(made.error.message);
  const secret = made.data.token.slice(17);
  expect(secret).toHaveLength(43);
  expect(await createTokenAction(press)).toMatchObject({ ok: false, error: { code: "key_taken" } });
  for (const table of ["action_request", "api_token", "audit_entry"]) {
    const { rows } = await database.pool.query(
      `select count(*)::int as kept from absurd_dashboard.${table} as row where strpos(row::text, $1) > 0`,
      [secret],
    );
    expect(rows, table).toEqual([{ kept: 0 }]);
  }
  const { rows } = await database.pool.query(
    "select count(*)::int as made from absurd_dashboard.action_request where request_id = $1",
    [press.requestId],
  );
  expect(rows).toEqual([{ made: 1 }]);
});

test("a session can be revoked by its person and its managers; any other seems to have ended", async () => {
  const [root, ada, ann, bob] = await team();
  const revoke = (one: SignedIn) => revokeSessionAction({ sessionId: one.sessionId });
  act(ann);
  for (const other of [root, ada, bob])
    expect(await revoke(other)).toMatchObject({ ok: false, error: { code: "forbidden" } });
  act(ada);
  for (const other of [root, bob])
    expect(await revoke(other)).toMatchObject({ ok: false, error: { code: "already_ended" } });
  expect(await revoke(ann)).toMatchObject({ ok: true });
  expect(await Promise.all([root, ada, ann, bob].map(isOpen))).toEqual([true, true, false, true]);
  act(bob);
  expect(await revoke(bob)).toMatchObject({ ok: true });
  expect(await revoke(bob)).toMatchObject({ error: { code: "unauthenticated" } });
});

test("ending all sessions ends those that the caller manages, except the calling one", async () => {
  const [root, ada, , bob] = await team();
  act(ada);
  expect(await revokeSessionsAction({ all: true })).toMatchObject({ data: { ended: 1 } });
  act(bob);
  expect(await revokeSessionsAction({ all: true })).toMatchObject({ error: { code: "forbidden" } });
  expect(await revokeSessionsAction({ all: false })).toMatchObject({ data: { ended: 0 } });
  act(root);
  expect(await revokeSessionsAction({ all: true })).toMatchObject({ data: { ended: 2 } });
  expect(await isOpen(root)).toBe(true);
});

test("no one can create a token with more permissions than their own, or revoke one that they do not manage", async () => {
  const [root, ada, ann] = await team();
  act(ada);
  for (const more of [
    { tenants: null },
    { tenants: ["globex"] },
    { tenants: ["acme", "globex"] },
    { tenants: ["acme*"] },
  ])
    expect(await createTokenAction({ ...TOKEN, ...more }), String(more.tenants)).toMatchObject({
      error: { code: "forbidden" },
    });
  const own = await createTokenAction({ ...TOKEN, tenants: ["acme"], queues: ["b-*"] });
  expect(own).toMatchObject({ ok: true });
  act(ann);
  expect(await createTokenAction({ ...TOKEN, tenants: ["acme"] })).toMatchObject({
    error: { code: "forbidden" },
  });
  act(root);
  const whole = await createTokenAction({ ...TOKEN, tenants: null });
  const id = (made: typeof whole) => ({ tokenId: made.ok ? made.data.tokenId : "" });
  act(ada);
  expect(await revokeTokenAction(id(whole))).toMatchObject({ error: { code: "already_ended" } });
  expect(await revokeTokenAction(id(own))).toMatchObject({ ok: true });
  // A manager without payloads cannot grant payloads.
  act(await signIn("eli", { ...acme, payloads: false }));
  expect(await createTokenAction({ ...TOKEN, tenants: ["acme"] })).toMatchObject({
    error: { code: "forbidden" },
  });
});

test("invalid stored grants permit nothing, and hide no one from those who manage everyone", async () => {
  const [root, ada, ann, bob] = await team();
  act(root);
  const made = await createTokenAction({ ...TOKEN, tenants: ["acme"] });
  if (!made.ok) throw new Error(made.error.message);
  const viewer = { role: "viewer", queues: null, tenants: null };
  const stored: [grants: unknown, permits: number, payloads: boolean][] = [
    // A grant without `payloads` shows no payloads.
    [[viewer], 1, false],
    [[{ ...viewer, payloads: "yes" }], 1, false],
    // The strictest of several grants decides, so one invalid grant invalidates the others.
    [
      [
        { ...viewer, payloads: true },
        { ...viewer, role: "owner", payloads: false },
      ],
      0,
      false,
    ],
    [[{ ...viewer, queues: "billing-*", payloads: true }], 0, false],
    [[{ ...viewer, tenants: [null], payloads: true }], 0, false],
    [[{ ...viewer, databases: "eu", payloads: true }], 0, false],
    [{ ...viewer, payloads: true }, 0, false],
    ...["admin", 1, null, [null], [[]]].map((one): [unknown, number, boolean] => [one, 0, false]),
  ];
  for (const [grants, permits, payloads] of stored) {
    for (const table of ["session where session_id = $2", "person where name = $2"])
      await database.pool.query(
        `update absurd_dashboard.${table.replace("where", "set grants = $1 where")}`,
        [JSON.stringify(grants), table.startsWith("session") ? ann.sessionId : "ann"],
      );
    await database.pool.query("update absurd_dashboard.api_token set grants = $1", [
      JSON.stringify(grants),
    ]);
    forgetSession(ann.sessionId);
    const found = await findSession(ann.cookie.split("=")[1], { isActivity: false });
    expect(found?.grants, JSON.stringify(grants)).toHaveLength(permits);
    expect(found?.grants.every((grant) => grant.payloads === payloads)).toBe(true);
    const { sessions, tokens, people } = await overviewOf(root);
    expect(sessions.map(({ name }) => name)).toContain("ann");
    expect(tokens.map(({ name }) => name)).toContain("grafana");
    expect(people.map(({ name }) => name)).toContain("ann");
    const part = await overviewOf(ada);
    expect(part.sessions.map(({ name }) => name)).toEqual(["ada"]);
  }
  await database.pool.query(
    "update absurd_dashboard.session set door = 'later' where session_id = $1",
    [bob.sessionId],
  );
  expect((await overviewOf(root)).sessions.map(({ name }) => name)).not.toContain("bob");
  act(root);
  expect(await revokeSessionAction({ sessionId: ann.sessionId })).toMatchObject({ ok: true });
  expect(await revokeTokenAction({ tokenId: made.data.tokenId })).toMatchObject({ ok: true });
});

test("a bulk operation continues in its stored scope after its person has left, until it is aborted", async () => {
  const { pool } = database;
  const [root] = await team();
  const eve = await signIn("eve", { role: "operator", tenants: ["acme"] });
  await createQueue(pool, "shop");
  const spawn = async (tenant: string) =>
    (await spawnTask(pool, "shop", "ship", {}, { headers: { tenant_id: tenant } })).taskId;
  const [own, foreign] = [await spawn("acme"), await spawn("globex")];
  const start = async () => {
    act(eve);
    const input = { action: "cancel", filters: "?queue=shop&state=pending" } as const;
    const started = await startBulkAction({ ...input, perSecond: null, shown: 1 });
    if (!started.ok) throw new Error(started.error.message);
    return started.data.bulkId;
  };
  const states = async () => {
    const { rows } = await pool.query("select task_id, state from absurd.t_shop");
    return Object.fromEntries(rows.map(({ task_id, state }) => [task_id, state]));
  };
  const work = () => workThrough(pool, new AbortController().signal);

  await start();
  act(root);
  expect(await revokeSessionsAction({ all: true })).toMatchObject({ ok: true });
  await pool.query("delete from absurd_dashboard.person where name = 'eve'");
  await work();
  expect(await states()).toEqual({ [own]: "cancelled", [foreign]: "pending" });
  const { rows } = await pool.query(
    "select operator, task_id from absurd_dashboard.audit_entry where action = 'cancel task'",
  );
  expect(rows).toEqual([{ operator: "eve", task_id: own }]);

  Object.assign(eve, await signIn("eve", { role: "operator", tenants: ["acme"] }));
  const spared = await spawn("acme");
  const bulkId = await start();
  act(root);
  expect(await abortBulkAction({ bulkId })).toMatchObject({ ok: true });
  await work();
  expect(await states()).toMatchObject({ [spared]: "pending" });
});

test("a list that cannot be read hides neither the caller nor the other lists", async () => {
  const root = await signIn("root", { role: "admin" });
  const { pool } = database;
  await pool.query("alter table absurd_dashboard.person rename to person_elsewhere");
  try {
    const overview = await overviewOf(root);
    expect(overview).toMatchObject({ me: { name: "root" }, people: [] });
    expect(overview.sessions).toHaveLength(1);
    expect(Object.keys(overview.failed)).toEqual(["people"]);
  } finally {
    await pool.query("alter table absurd_dashboard.person_elsewhere rename to person");
  }
  expect((await overviewOf(root)).failed).toEqual({});
});
