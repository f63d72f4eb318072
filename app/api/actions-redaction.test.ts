/**
 * No action or preview returns, records or logs a redacted value for any input and rows, neither under redaction rules
 * nor for people without payloads.
 */
import { randomUUID } from "node:crypto";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { claimTasks } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { workThrough } from "@/lib/bulk/work";
import { headersOf, person } from "@/lib/identity/testing/people";
import { ACTIONS, type Given } from "@/testing/action-inputs";
import { openTestDatabase } from "@/testing/dashboard-database";
import { hide, plantSecrets, RULES } from "@/testing/scenes/secrets";
import type { Belongings } from "@/testing/scenes/two-tenants";
import { type AnyAction, listActions } from "@/testing/server-actions";
import { GET as exportAudit } from "./audit/export/route";
import { GET as getAudit } from "./audit/route";
import { GET as listBulkItems } from "./bulk/[bulkId]/items/route";
import { GET as getBulk } from "./bulk/[bulkId]/route";
import { GET as listBulk } from "./bulk/route";

const SECRET = "hunter2";
/** Visible to everyone with the `payloads` permission. */
const SEEN = "quiet-value";
/** Written into inputs by the caller: a result may repeat it to them, but nothing else may contain it. */
const TYPED = "typed-secret";
const TOKEN = `${TYPED}-a-token-of-24-characters`;
const queue = "orders";
const VALUES = hide(SECRET, SEEN);
const TYPED_VALUES = hide(TYPED, TYPED);

/** Replaces the framework: the headers of the request in which an action runs. */
const request = vi.hoisted(() => ({ headers: new Headers() }));
vi.mock("next/headers", () => ({
  headers: async () => request.headers,
  cookies: async () => ({ set: () => undefined }),
}));
const logged: string[] = [];
for (const level of ["log", "info", "warn", "error"] as const)
  vi.spyOn(console, level).mockImplementation((...parts) => {
    logged.push(parts.map((part) => part?.stack ?? String(part)).join(" "));
  });

let actions: Map<string, AnyAction>;
beforeAll(async () => {
  actions = await listActions();
});

type Target = Belongings & { startable: string; startedId: string };

/** A JSON replacer, since JSON has no BigInt. */
function simplify(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}

/** The JSON text of an edit with the secret in every position. */
const text = JSON.stringify(TYPED_VALUES, simplify);
const headers = JSON.stringify({ authorization: `Bearer ${TYPED}`, trace: TYPED });

/** Query strings of the task list. */
const FILTERS = [
  ...[`?where=params.seen%3A${SEEN}`, `?any=${SEEN}`, `?error=${SEEN}`],
  ...[`?where=params.password%3A${TYPED}`, `?where=params.log%3A"password%3D${TYPED}"`],
  ...[`?any=password%3D${TYPED}`, `?error=password%3D${TYPED}`, `?password=${TYPED}`],
  `?where=${TYPED}`,
];

/**
 * Inputs of each action and preview, in call order; the first one of each succeeds. A missing entry fails the test.
 * Calls without a payload in their input run on rows that have one.
 */
const INPUTS: Record<string, (of: Target) => unknown[]> = {
  signInAction: () => [TOKEN, TYPED],
  createTokenAction: () => [
    { name: "ci", role: "viewer", queues: null, tenants: null, payloads: false, days: 1 },
  ],
  revokeTokenAction: () => [{ tokenId: "none" }],
  revokeSessionAction: () => [{ sessionId: randomUUID() }],
  revokeSessionsAction: () => [{ all: false }],
  "preview bulk": ({ failed }) => [
    { action: "retry", ids: [{ queue, taskId: failed.taskId }] },
    ...FILTERS.map((filters) => ({ action: "retry", filters })),
  ],
  startBulkAction: ({ failed, completed }) => [
    ...["retry", "run-again"].map((action) => ({
      ...{ action, perSecond: null, shown: 2, reason: "asked" },
      ids: [failed, completed].map(({ taskId }) => ({ queue, taskId })),
      filters: FILTERS.join("&").replaceAll("&?", "&"),
    })),
    ...FILTERS.map((filters) => ({
      ...{ action: "cancel", filters, perSecond: null, shown: 9, exact: true },
    })),
  ],
  abortBulkAction: ({ bulkId }) => [{ bulkId }],
  "preview reschedule": ({ waiting }) => [{ queue, runId: waiting.runId }],
  rescheduleRunAction: ({ waiting, running }) => [
    { queue, runId: waiting.runId, at: "now" },
    { queue, runId: running.runId, at: "now" },
  ],
  extendLeaseAction: ({ running, waiting }) =>
    [running, waiting].map(({ runId }) => ({ queue, runId, seconds: 60 })),
  runAgainAction: ({ completed }) => [
    { queue, taskId: completed.taskId },
    { queue, taskId: completed.taskId, params: text, headers },
    { queue, taskId: completed.taskId, params: '{"note":"[redacted 1]"}' },
  ],
  forkTaskAction: ({ completed }) => [
    { queue, taskId: completed.taskId, fromStep: "large" },
    { queue, taskId: completed.taskId, fromStep: "large", params: text, headers },
    { queue, taskId: completed.taskId, fromStep: "none" },
  ],
  spawnTaskAction: () => [
    { queue, name: "pay", params: text, headers, idempotencyKey: "once" },
    { queue, name: "pay", params: "", headers, idempotencyKey: "once" },
    { queue, name: "pay", params: '{"note":"[redacted 1]"}' },
  ],
  retryTaskAction: ({ failed, completed }) => [
    { queue, taskId: failed.taskId },
    { queue, taskId: completed.taskId },
    { queue, taskId: completed.taskId, spawnNew: true },
  ],
  "preview emit": () => [
    { queue, name: "refund" },
    { queue, name: "paid" },
  ],
  emitEventAction: () => [
    { queue, name: "refund", payload: text },
    { queue, name: "refund", payload: text },
    { queue, name: "paid", payload: text },
  ],
  "preview start-form": ({ startable, definitionId }) =>
    [startable, definitionId].map((id) => ({ definitionId: id })),
  "preview start": ({ startable, definitionId }) =>
    [startable, definitionId].map((id) => ({ definitionId: id, queue, inputs: "", tags: "" })),
  startWorkflowRunAction: ({ startable, definitionId, startedId, workflowRunId }) =>
    [
      { definitionId: startable, workflowRunId: startedId },
      { definitionId, workflowRunId: randomUUID() },
      { definitionId: startable, workflowRunId },
    ].map((ids) => ({ ...ids, queue, inputs: text, tags: headers })),
  closeCircuitAction: () => [
    { tenantId: "acme", workflowName: "flow", operator: "a", revision: "0" },
  ],
  "preview cancel-run": ({ startedId, workflowRunId }) =>
    [startedId, workflowRunId].map((id) => ({ workflowRunId: id })),
  cancelWorkflowRunAction: ({ startedId, workflowRunId }) =>
    [startedId, workflowRunId].map((id) => ({ workflowRunId: id })),
  cancelTaskAction: ({ pending, running, completed }) =>
    [pending, running, completed].map(({ taskId }) => ({ queue, taskId })),
  repairQueueAction: () => [{ queue }],
  setQueuePolicyAction: () => [
    { queue, change: { cleanupLimit: 5 }, expected: {} },
    { queue, change: { cleanupLimit: 6 }, expected: { cleanupLimit: 1 } },
  ],
  "preview cleanup": () => [{ queue, ttlSeconds: 0 }],
  cleanUpQueueAction: () => [{ queue, ttlSeconds: 0, tasks: true, events: true }],
  createQueueAction: () => [
    { queue: "another", storageMode: "unpartitioned" },
    { queue, storageMode: "unpartitioned" },
  ],
  dropQueueAction: () => [
    { queue, confirm: queue, acceptActive: true },
    { queue, confirm: TYPED, acceptActive: true },
  ],
};

/** Actions whose targets don't exist in this test; they involve no payload. */
const REFUSED = ["revokeTokenAction", "revokeSessionAction", "closeCircuitAction"];

/** Members that hold a name or the caller's own reason, which are shown and recorded. */
const NAMES =
  /^(queue|name|taskId|runId|fromStep|idempotencyKey|tenantId|workflowName|operator|tokenId|at|reason)$/;

/** Variants of a valid input in which one member, and then everything, is replaced by something that holds a secret. */
function listInvalid(input: unknown): unknown[] {
  if (typeof input !== "object" || input === null) return [TYPED_VALUES, [TYPED], undefined];
  const wrong = (key: string) => [
    ...[TYPED_VALUES, [TYPED]],
    ...(NAMES.test(key) ? [] : [TYPED, `{"password":"${TYPED}`, `{"password":"${TYPED}\\u0000"}`]),
    `["${NAMES.test(key) ? "x" : TYPED}"]`,
  ];
  const given = input as Given;
  return [
    ...Object.keys(given).flatMap((key) => wrong(key).map((value) => ({ ...given, [key]: value }))),
    { ...given, [TYPED]: TYPED, password: TYPED },
    ...["reason", "requestId"].map((key) => ({ ...given, [key]: TYPED.repeat(100) })),
    ...[TYPED_VALUES, TYPED, [TYPED], undefined],
  ];
}

describe.each([
  ["by rules", true],
  ["without payloads", false],
])("%s", (_, payloads) => {
  const database = openTestDatabase({
    settings: { DASHBOARD_REDACT: RULES, DASHBOARD_TOKEN: TOKEN },
  });
  const grants = { role: "admin" as const, payloads };
  let target: Target;

  beforeAll(async () => {
    const { pool } = database;
    const ids = await plantSecrets(pool, queue, SECRET, SEEN);
    const options = { headers: { authorization: `Bearer ${SECRET}`, tenant_id: "acme" } };
    const running = await spawnTask(pool, queue, "pay", VALUES, options);
    await claimTasks(pool, queue, { claimTimeoutSeconds: 3_600 });
    const pending = await spawnTask(pool, queue, "pay", VALUES, options);
    const definition = {
      ...{ name: "flow", version: "1" },
      tasks: {
        a: { task_id: "a", operator_type: "task", function: "f", kwargs: { password: SECRET } },
      },
    };
    const stored = await pool.query(
      `insert into public.workflow_definition (workflow_name, workflow_version, workflow_hash, definition)
       values ('flow', '1', 'f', $1) returning definition_id`,
      [JSON.stringify(definition)],
    );
    // An operation of a person with payloads.
    const job = await pool.query(
      `insert into absurd_dashboard.bulk_job (action, operator, filters, state)
       values ('retry', 'bob', $1, 'running') returning bulk_id`,
      [`?where=params.seen%3A${SEEN}&where=params.password%3A${SECRET}&error=${SEEN}&any=${SEEN}`],
    );
    target = {
      ...{ tenant: "acme", queue, pending, running, waiting: ids.waiting, sharing: ids.waiting },
      ...{ failed: ids.failed, completed: ids.done, cancelled: ids.done },
      ...{ workflowRunId: ids.workflowRunId, definitionId: ids.definitionId },
      ...{
        bulkId: job.rows[0].bulk_id,
        startable: stored.rows[0].definition_id,
        startedId: randomUUID(),
      },
    };
  });

  afterEach(() => {
    logged.length = 0;
  });

  /** No response may contain any of these. */
  const expectHidden = (shown: string, about: string, isEcho = false) => {
    const secrets = [SECRET, ...(isEcho ? [] : [TYPED]), ...(payloads ? [] : [SEEN])];
    for (const secret of secrets) {
      const at = shown.indexOf(secret);
      expect(at < 0 ? "" : shown.slice(Math.max(0, at - 300), at + 50), about).toBe("");
    }
  };

  /** Performs the bulk operations. */
  async function perform(): Promise<void> {
    const client = await database.pool.connect();
    await workThrough(client, new AbortController().signal);
    client.release();
    expectHidden(logged.splice(0).join("\n"), "the bulk operations");
  }

  test("no result, refusal, audit entry or log line has a redacted value", async () => {
    request.headers = new Headers(await headersOf(person("eve", grants)));
    for (const [name, list] of Object.entries(INPUTS)) {
      if (name === "cleanUpQueueAction") await perform();
      const inputs = list(target);
      const foreign = name === "dropQueueAction" ? [] : (ACTIONS[name]?.(target) ?? []);
      for (const [n, input] of [...inputs, ...listInvalid(inputs[0]), ...foreign].entries()) {
        const result = await actions.get(name)?.(input);
        const about = `${name} ${JSON.stringify(input, simplify)}`;
        if (n === 0) expect(result?.ok, about).toBe(!REFUSED.includes(name));
        expectHidden(JSON.stringify(result), about, result?.ok);
        expectHidden(logged.splice(0).join("\n"), about);
      }
    }
    const { bulkId } = target;
    for (const GET of [getAudit, exportAudit, listBulk, getBulk, listBulkItems]) {
      const url = new Request("http://localhost:3000/api", { headers: request.headers });
      const response = await GET(url, { params: Promise.resolve({ bulkId }) });
      const shown = await response.text();
      expect(response.status, shown).toBe(200);
      expectHidden(shown, "the record");
      // The condition's key is still shown.
      const isMasked = /where=params\.[^&]*password[^&]*redacted/.test(decodeURIComponent(shown));
      if (GET === exportAudit || GET === getBulk) expect(isMasked, GET.toString()).toBe(true);
    }
  }, 60_000);
});

test("every action has a case", () => {
  expect(Object.keys(INPUTS).sort()).toEqual([...actions.keys()].sort());
});
