/** Two people, each of whom may do everything in a part of the dashboard: no action reaches beyond it. */
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { workThrough } from "@/lib/bulk/work";
import { headersOf, person } from "@/lib/identity/testing/people";
import { clearSharedReads } from "@/lib/live/shared-reads";
import type { Grant } from "@/lib/model/access";
import { ACTIONS, type Given } from "@/testing/action-inputs";
import { openTestDatabase } from "@/testing/dashboard-database";
import {
  type Belongings,
  createTwoPlaces,
  createTwoTenants,
  removeTenant,
} from "@/testing/scenes/two-tenants";
import { type AnyAction, listActions } from "@/testing/server-actions";

/** Provided by the framework: the headers of the request that an action runs in. */
const request = vi.hoisted(() => ({ headers: new Headers() }));
vi.mock("next/headers", () => ({ headers: async () => request.headers }));

type Part = { places: [own: string, foreign: string]; grants: Partial<Grant>[] };

const PARTS: Record<string, Part> = {
  queues: { places: ["shop", "mail"], grants: [{ queues: ["sh*"] }] },
  tenants: { places: ["shop", "shop"], grants: [{ tenants: ["acme"] }] },
  "tenants in each queue": {
    places: ["shop", "mail"],
    grants: [
      { queues: ["shop"], tenants: ["acme"] },
      { queues: ["mail"], tenants: ["initech"] },
      { tenants: ["umbrella"] },
    ],
  },
};

for (const level of ["info", "warn"] as const) vi.spyOn(console, level).mockReturnValue();

let actions: Map<string, AnyAction>;
beforeAll(async () => {
  actions = await listActions();
});

describe.each(Object.entries(PARTS))("a person of some %s", (_, { places, grants }) => {
  const database = openTestDatabase({ settings: { DASHBOARD_TOKEN: "a-token-of-24-characters" } });
  const [shop, mail] = places;
  let own: Belongings;
  let foreign: Belongings;

  beforeAll(async () => {
    const { pool } = database;
    const both = shop === mail ? createTwoTenants(pool, shop) : createTwoPlaces(pool, shop, mail);
    ({ own, foreign } = await both);
    await pool.query("update absurd_dashboard.bulk_job set finished_at = now(), state = 'done'");
  });

  beforeEach(async () => {
    const ada = person("ada", ...grants.map((grant) => ({ role: "admin" as const, ...grant })));
    request.headers = new Headers(await headersOf(ada));
  });

  /** All rows that belong to the other person, as text. */
  async function everythingForeign(): Promise<string[]> {
    const ofQueue = ["t", "r", "c", "e", "w"].map((prefix) => `absurd.${prefix}_${mail}`);
    const lists = await Promise.all(
      [...ofQueue, "public.workflow_run", "public.workflow_definition"].map((table) =>
        database.pool.query(`select '${table}' || item::text as row from ${table} item`),
      ),
    );
    const isOwn = Object.values(own).flatMap((of) => (typeof of === "object" ? of.taskId : []));
    const rows = lists.flatMap((list) => list.rows.map(({ row }) => String(row)));
    return rows.filter((row) => !isOwn.some((id) => row.includes(id)) && !/acme/.test(row)).sort();
  }

  async function tryAll(of: Belongings): Promise<Map<string, string>> {
    const results = new Map<string, string>();
    for (const [name, inputs] of Object.entries(ACTIONS))
      for (const input of inputs?.(of) ?? []) {
        if (name === "createQueueAction") continue;
        const text = JSON.stringify(await actions.get(name)?.(input));
        // Each new operation and preview has its own id, and each preview its own time.
        const plain = text
          .replace(/"(bulkId|requestId)":"[^"]*"/, '"$1":""')
          .replace(/before=[^"&]*/, "before=");
        results.set(`${name} ${JSON.stringify(input)}`, plain);
      }
    return results;
  }

  test("cannot change rows of the other, and every result is as if they did not exist", {
    timeout: 120_000,
  }, async () => {
    const before = await everythingForeign();
    expect(before.length).toBeGreaterThan(40);
    const results = await tryAll(foreign);
    const client = await database.pool.connect();
    await workThrough(client, new AbortController().signal);
    client.release();
    expect(await everythingForeign()).toEqual(before);
    for (const [attempt, text] of results)
      if (!/^(preview bulk|startBulk)/.test(attempt)) expect(text, attempt).toMatch(/^{"ok":false/);
    // The attempts are recorded, for people who see their targets.
    const attempts = await database.pool.query(
      "select count(*)::int as n from absurd_dashboard.audit_entry where operator = 'ada' and outcome = 'refused'",
    );
    expect(attempts.rows[0].n).toBeGreaterThan(30);
    const { rows } = await database.pool.query(
      "select outcome, code from absurd_dashboard.bulk_item join absurd_dashboard.bulk_job using (bulk_id) where operator = 'ada'",
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { outcome, code } of rows)
      expect([outcome, code]).toEqual(["skipped", expect.stringMatching(/_not_found$/)]);

    await removeTenant(database.pool, foreign);
    clearSharedReads();
    expect(await tryAll(foreign)).toEqual(results);
  });

  test("acts on their own rows", async () => {
    const perform = (name: string, input: Given) => actions.get(name)?.(input);
    const { queue, workflowRunId } = own;
    for (const [name, input] of [
      ["retryTaskAction", { queue, taskId: own.failed.taskId }],
      ["runAgainAction", { queue, taskId: own.completed.taskId }],
      ["emitEventAction", { queue, name: "acme:paid", payload: "1" }],
      ["cancelWorkflowRunAction", { workflowRunId }],
    ] as const)
      expect(await perform(name, input), name).toMatchObject({ ok: true });
    const ids = [own.pending, own.running].map(({ taskId }) => ({ queue, taskId }));
    const started = await perform("startBulkAction", {
      ...{ action: "cancel", ids, perSecond: null, shown: 2 },
    });
    expect(started).toMatchObject({ ok: true });
    const client = await database.pool.connect();
    await workThrough(client, new AbortController().signal);
    client.release();
    const { rows } = await database.pool.query(
      `select state from absurd."t_${shop}" where task_id = any($1)`,
      [ids.map(({ taskId }) => taskId)],
    );
    expect(rows).toEqual([{ state: "cancelled" }, { state: "cancelled" }]);
  });
});

test("every action has a case", () => {
  expect(Object.keys(ACTIONS).sort()).toEqual([...actions.keys()].sort());
});
