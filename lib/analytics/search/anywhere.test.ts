import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { awaitEvent } from "@/lib/absurd/events/events";
import { createQueue } from "@/lib/absurd/queues/queues";
import { claimTasks, completeTask, failTask } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { listTasks } from "@/lib/analytics/tasks";
import { forgetEnvironment } from "@/lib/db/env";
import { runAs } from "@/lib/db/viewer";
import type { Json } from "@/lib/model/json";
import { taskFilters } from "@/lib/search-params/tasks/filters";
import { openTestDatabase } from "@/testing/dashboard-database";

const database = openTestDatabase();
const queue = "mail";
beforeAll(() => createQueue(database.pool, queue));

async function spawn(name: string, params: Json, headers = {}) {
  const { pool } = database;
  const { taskId } = await spawnTask(pool, queue, name, params, { maxAttempts: 1, headers });
  return taskId;
}
async function start(name: string, params: Json = null) {
  const taskId = await spawn(name, params);
  const runs = await claimTasks(database.pool, queue, { quantity: 100 });
  return { taskId, runId: runs.find((run) => run.taskId === taskId)?.runId ?? "" };
}
const found = async (any: string) =>
  (await listTasks(taskFilters({ queue: [queue], any: [any] }))).rows.map((row) => row.name);

describe("a text anywhere", () => {
  beforeAll(async () => {
    const { pool } = database;
    const completed = await start("completes");
    await completeTask(pool, queue, completed.runId, { receipt: ["R-2024-77"] });
    const failed = await start("fails");
    await failTask(pool, queue, failed.runId, {
      name: "Declined",
      message: "card of Zoë",
      info: { code: "E-913" },
    });
    const { taskId, runId } = await start("waits");
    await awaitEvent(pool, queue, { taskId, runId, stepName: "w", eventName: "invoice-55.paid" });
    await spawn("nested", {
      order: { lines: [{ sku: 'a "quoted" \\ 50% sku' }] },
      amount: 12345678901234567890n,
    });
    await spawn("scalar", "ada@example.com");
    await spawn("with header", {}, { trace: "01-abc-def" });
  });

  test.each<[string, string[]]>([
    ["R-2024-77", ["completes"]],
    ["r-2024", ["completes"]],
    ["card of zoë", ["fails"]],
    ["E-913", ["fails"]],
    ["Declined: card", ["fails"]],
    ["invoice-55", ["waits"]],
    ['"quoted" \\ 50%', ["nested"]],
    ["12345678901234567890", ["nested"]],
    ["ada@example.com", ["scalar"]],
    ["abc-def", ["with header"]],
    ["with head", ["with header"]],
    // Keys and JSON's own signs are not values.
    ["lines", []],
    ['":', []],
    ["50_", []],
    ["nowhere", []],
  ])("%j is found in %j", async (any, names) => {
    expect(await found(any)).toEqual(names);
  });

  test("all texts must match, together with other filters", async () => {
    const filters = taskFilters({ queue: [queue], any: ["card", "E-913"], state: ["failed"] });
    expect((await listTasks(filters)).rows.map((row) => row.name)).toEqual(["fails"]);
    expect((await listTasks({ ...filters, any: ["card", "R-2024"] })).rows).toEqual([]);
  });
});

describe("redacted values never match", () => {
  beforeAll(async () => {
    await spawn("flat", { password: "hunter-flat", note: "shown-flat" });
    await spawn("deep", { user: { card: { number: "hunter-deep", brand: "shown-deep" } } });
    await spawn("upper", { PassWord: "hunter-upper" });
    await spawn("list", {
      password: [{ inner: "hunter-list" }],
      other: [{ password: "hunter-list2" }],
    });
    await spawn("dotted", { "card.number": "hunter-dotted" });
    await spawn("text", { log: '{"password": "hunter-text"}', plain: "shown-text" });
    await spawn("escaped", { log: '{"pass\\u0077ord": "hunter-escaped"}' });
    await spawn("umlaut", { PÄSSWORD: "hunter-umlaut" });
    await spawn("glob", { api_token: "hunter-glob" });
    await spawn("header", {}, { authorization: "hunter-header", tenant_id: "shown-tenant" });
    const { runId } = await start("error");
    await failTask(database.pool, queue, runId, {
      name: "Oops",
      message: "login with password=hunter-error failed",
      password: "hunter-error2",
      info: "shown-error",
    });
  });
  const redact = (rules: string | undefined) => {
    if (rules === undefined) delete process.env.DASHBOARD_REDACT;
    else process.env.DASHBOARD_REDACT = rules;
    forgetEnvironment();
  };
  afterEach(() => redact(undefined));

  test("at any place of the key", async () => {
    // Without rules all of them are found, which proves that the test can fail.
    expect((await found("hunter")).length).toBe(11);
    redact("password,card.number,*token,authorization,pässword");
    expect(await found("hunter")).toEqual([]);
    for (const shown of ["flat", "deep", "text", "tenant", "error"])
      expect(await found(`shown-${shown}`), shown).toHaveLength(1);
  });

  test("a rule for one kind of value leaves others searchable", async () => {
    redact("headers.authorization");
    expect(await found("hunter-header")).toEqual([]);
    expect(await found("hunter-flat")).toEqual(["flat"]);
  });

  test("a viewer without payloads cannot search them", async () => {
    const viewer = { scope: [{ queues: null, tenants: null }], payloads: false };
    await expect(runAs(viewer, () => found("hunter"))).rejects.toMatchObject({
      problem: { code: "bad_request", message: expect.stringContaining("redacted for you") },
    });
  });
});
