/**
 * No route returns a redacted value, wherever the database stores it, neither under redaction rules nor for people
 * without payloads.
 */
import { createHash, randomUUID } from "node:crypto";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { PREVIEWS } from "@/lib/actions/previews/previews";
import { runAgainAction, spawnTaskAction } from "@/lib/actions/tasks";
import { startWorkflowRunAction } from "@/lib/actions/workflows";
import { forgetEnvironment } from "@/lib/db/env";
import { sessionCookie, signSession } from "@/lib/identity/session-cookie";
import type { Uuid } from "@/lib/model/ids";
import { openTestDatabase } from "@/testing/dashboard-database";
import { plantSecrets, RULES, type Secrets } from "@/testing/scenes/secrets";

const SECRET = "hunter2";
/** Visible to everyone with the `payloads` permission. */
const SEEN = "quiet-value";
/** The hash that anyone could compute who has guessed the rest of a definition. */
const HASH = createHash("sha256").update(SECRET).digest("hex");
const queue = "orders";
const database = openTestDatabase({ settings: { DASHBOARD_REDACT: RULES } });
for (const level of ["info", "warn", "error"] as const)
  vi.spyOn(console, level).mockImplementation(() => {});

let ids: Secrets;
beforeAll(async () => {
  ids = await plantSecrets(database.pool, queue, SECRET, SEEN);
  for (const table of ["workflow_definition", "workflow_run"])
    await database.pool.query(`update public.${table} set workflow_hash = $1`, [HASH]);
});

type Route = {
  GET: (request: Request, context: { params: Promise<object> }) => Promise<Response>;
};
const routes = import.meta.glob<Route>("./**/route.ts");

const COLUMNS = [
  ...["params", "params.card", "params.card.0", "params.card.0.number", "params.list.0"],
  ...["params.body", "params.log", "params.password", "params.vault", "params.vault.any"],
  ...['params.card."-1".number', 'params.card."+0".number', 'params.card." 0".number'],
  ...[
    "params.card[].number",
    "error",
    "error.message",
    "error.name",
    "error.response",
    "error.errors",
  ],
  ...[
    "headers",
    "headers.authorization",
    "headers.forked_from_step",
    "result",
    "result.card.0.number",
  ],
];
const columns = (most: number) =>
  COLUMNS.slice(0, most)
    .map((path) => `columns=${encodeURIComponent(path)}`)
    .join("&");

/** Queries that select values, by the end of the route. Every route is also requested without a query. */
const QUERIES: Record<string, string[]> = {
  "payload/route.ts": [
    "?of=params",
    "?of=headers",
    "?of=result",
    "?of=inputs",
    "?of=error",
    "?of=checkpoint&name=large",
    "?of=checkpoint&name=small",
    "?of=checkpoint&name=wait%2Ffailed",
    "?name=paid",
  ],
  "events/waiters/route.ts": ["?name=refund"],
  "usual/route.ts": ["?name=pay"],
  "records/route.ts": ["?path=a"],
  "tasks/rows/route.ts": [],
  "tasks/route.ts": [...COLUMNS.map((path) => `?columns=${encodeURIComponent(path)}`)],
  "export/route.ts": [`?${columns(12)}`, `?format=ndjson&${columns(12)}`],
  "search/route.ts": ["?columns=params"],
};

async function load(path: string): Promise<Route["GET"]> {
  const route = await routes[path]?.();
  if (!route) throw new Error(`There is no ${path}`);
  return route.GET;
}

async function listResponses(
  path: string,
  headers: Record<string, string> = {},
): Promise<string[]> {
  const GET = await load(path);
  const own = Object.entries(QUERIES).flatMap(([end, queries]) =>
    path.endsWith(end) ? queries : [],
  );
  const { done, failed, odd, told, huge, waiting, root } = ids;
  const asks = [done, failed, odd, told, huge, waiting, root].flatMap(({ taskId, runId }) =>
    ["", `?of=failureReason&run=${runId}`].map((query) => ({ taskId, query })),
  );
  for (const query of own)
    asks.push({ taskId: done.taskId, query }, { taskId: failed.taskId, query });
  // A route that doesn't depend on the task needs only one request.
  const isOfTask = path.includes("[taskId]");
  const wanted = new Map(asks.map((ask) => [isOfTask ? ask.taskId + ask.query : ask.query, ask]));
  const texts: string[] = [];
  for (const { taskId, query } of wanted.values()) {
    const ended = new AbortController();
    const request = new Request(`http://localhost:3000/api${query}`, {
      signal: ended.signal,
      headers,
    });
    const params = {
      ...{ queue, taskId, workflowRunId: ids.workflowRunId, group: "x", bulkId: taskId },
      ...{ definitionId: ids.definitionId, preview: "emit" },
    };
    const response = await GET(request, { params: Promise.resolve(params) });
    // A stream ends when its client disconnects.
    if (response.headers.get("content-type")?.startsWith("text/event-stream")) ended.abort();
    texts.push(await response.text());
  }
  return texts;
}

test.each(Object.keys(routes))("%s never returns a redacted value", async (path) => {
  for (const text of await listResponses(path)) {
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(HASH);
  }
});

describe("without payloads", () => {
  const set = (token: string | undefined) => {
    if (token === undefined) delete process.env.DASHBOARD_TOKEN;
    else process.env.DASHBOARD_TOKEN = token;
    forgetEnvironment();
  };
  afterEach(() => set(undefined));

  test.each(Object.keys(routes))("%s returns no value at all", async (path) => {
    set("a-token-of-24-characters");
    const now = Math.floor(Date.now() / 1_000);
    const grants = [{ role: "admin" as const, queues: null, tenants: null, payloads: false }];
    const identity = {
      ...{ subject: "eve", name: "eve", door: "token" as const, sessionId: null, grants },
      reasons: [],
    };
    const session = await signSession({ identity, startedAt: now, activeAt: now });
    const cookie = `${sessionCookie(new Headers()).name}=${session}`;
    for (const text of await listResponses(path, { cookie })) {
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain(HASH);
      expect(text).not.toContain(SEEN);
      expect(text).not.toContain('"unauthenticated"');
      // A mask is never mistaken for a user's value.
      expect(text).not.toMatch(/but is the text|This is not/);
    }
  });
});

test("no preview and no refusal has a redacted value", async () => {
  const { definitionId, waiting, workflowRunId } = ids;
  const start = { definitionId, queue, inputs: "", tags: "" };
  const inputs: Record<keyof typeof PREVIEWS, object> = {
    bulk: { action: "retry", filters: "where=params.seen%3Aquiet-value" },
    "cancel-run": { workflowRunId },
    cleanup: { queue },
    emit: { queue, name: "paid" },
    reschedule: { queue, runId: waiting.runId },
    start,
    "start-form": { definitionId },
  };
  const GET = await load("./previews/[preview]/route.ts");
  for (const [preview, input] of Object.entries(inputs)) {
    const url = `http://localhost:3000/api?input=${encodeURIComponent(JSON.stringify(input))}`;
    const response = await GET(new Request(url), { params: Promise.resolve({ preview }) });
    expect(await response.text(), preview).not.toContain(SECRET);
  }
  const refused = await startWorkflowRunAction({ ...start, workflowRunId: randomUUID() as Uuid });
  expect(refused).toMatchObject({ ok: false, error: { code: "invalid_definition" } });
  expect(JSON.stringify(refused)).not.toContain(SECRET);
  const { rows } = await database.pool.query(
    "select count(*)::int as kept from absurd_dashboard.audit_entry as entry where entry::text like $1",
    [`%${SECRET}%`],
  );
  expect(rows).toEqual([{ kept: 0 }]);
});

test("values next to a redacted one are unchanged", async () => {
  const texts = await listResponses("./queues/[queue]/tasks/[taskId]/payload/route.ts");
  expect(texts.some((text) => text.includes(`"seen": "${SEEN}"`))).toBe(true);
  expect(texts.some((text) => text.includes('"id": 12345678901234567890'))).toBe(true);
  expect(texts.some((text) => /"authorization": "\[redacted \d\]"/.test(text))).toBe(true);
  const listed = await listResponses("./tasks/route.ts");
  expect(listed.some((text) => text.includes(SEEN))).toBe(true);
});

test("redacted paths and values are not suggested", async () => {
  const [text = ""] = await listResponses("./tasks/suggestions/route.ts");
  const { paths } = JSON.parse(text) as { paths: { path: string }[] };
  expect(paths.map(({ path }) => path)).toContain("params.seen");
  expect(paths.map(({ path }) => path)).not.toContain("params.password");
  expect(text).not.toContain("[redacted");
});

test("an edited copy keeps the redacted values, and a mask is never stored", async () => {
  const stored = async (taskId: string) => {
    const { rows } = await database.pool.query(
      `select params, headers from absurd.t_${queue} where task_id = $1`,
      [taskId],
    );
    return rows[0];
  };
  const { taskId } = ids.done;
  const [shown] = await listResponses("./queues/[queue]/tasks/[taskId]/route.ts");
  const { task } = JSON.parse(shown ?? "") as {
    task: Record<"params" | "headers", { text: string }>;
  };
  const params = task.params.text.replace(`"${SEEN}"`, '"edited"');
  const headers = task.headers.text.replace("acme", "other");
  const result = await runAgainAction({ queue, taskId, params, headers });
  if (!result.ok) throw new Error(result.error.message);
  const original = await stored(taskId);
  const copy = await stored(result.data.newTaskId);
  expect(JSON.stringify(copy.params).replace("edited", SEEN)).toBe(JSON.stringify(original.params));
  expect(copy.headers).toMatchObject({ authorization: `Bearer ${SECRET}`, tenant_id: "other" });

  const { rows } = await database.pool.query(
    `select count(*)::int as tasks from absurd.t_${queue}`,
  );
  for (const [moved, top] of [
    [{ note: "[redacted 1]" }],
    [{ "a/password": "[redacted 1]" }],
    [{ list: { 0: { token: ["[redacted 1]"] }, note: "[redacted 1]" } }],
    [{ card: { 0: { other: "[redacted 1]" } } }],
    [{ vault: "[redacted 1]" }],
    [["[redacted 1]"]],
    ["[redacted 1]"],
    [{ x: "a [redacted 1]" }],
    [undefined, { tenant_id: "[redacted 1]" }],
    [undefined, { workflow_run_id: "[redacted 1]" }],
  ] as const) {
    const edits = { params: JSON.stringify(moved), headers: JSON.stringify(top) };
    expect(await runAgainAction({ queue, taskId, ...edits }), JSON.stringify(edits)).toMatchObject({
      ok: false,
      error: { code: "redacted_value" },
    });
  }
  const fresh = await spawnTaskAction({ queue, name: "x", params: '{"password":"[redacted 1]"}' });
  expect(fresh).toMatchObject({ ok: false, error: { code: "redacted_value" } });
  const after = await database.pool.query(`select count(*)::int as tasks from absurd.t_${queue}`);
  expect(after.rows).toEqual(rows);
  const masks = await database.pool.query(
    `select count(*)::int as masks from absurd.t_${queue} where params::text || headers::text like '%redacted%'`,
  );
  expect(masks.rows).toEqual([{ masks: 0 }]);
});
