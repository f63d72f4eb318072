import { sql } from "drizzle-orm";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { forgetEnvironment } from "@/lib/db/env";
import { queueTables } from "@/lib/db/schema";
import { parsePath } from "@/lib/search-params/tasks/conditions";
import { openTestDatabase } from "@/testing/dashboard-database";
import { list } from "@/testing/reads";
import { getPayload } from "../payloads";
import { getTask } from "../task";
import { getPayloadRoot } from "./payload";
import { isTextShown, maskablePattern } from "./redact";

const database = openTestDatabase({
  settings: { DASHBOARD_TENANTS: "acme", DASHBOARD_REDACT: "password" },
});

test("redaction works in a dashboard restricted to tenants", async () => {
  const { pool } = database;
  await createQueue(pool, "orders");
  const params = { password: "hunter2", seen: "yes" };
  const headers = { tenant_id: "acme", password: "hunter2" };
  const { taskId } = await spawnTask(pool, "orders", "pay", params, { headers });
  const { task } = await getTask("orders", taskId);
  expect(task.params).toMatchObject({
    redacted: 1,
    text: '{"seen": "yes", "password": "[redacted 1]"}',
  });
  expect(task.headers?.text).not.toContain("hunter2");
  expect((await getPayload("orders", taskId, { of: "params" })).join("")).not.toContain("hunter2");
  const paths = ["params.password", "params", "headers.password", "params.seen"];
  const columns = paths.flatMap((path) => parsePath(path) ?? []);
  const [row] = (await list({ columns })).rows;
  expect(row?.columns).toEqual({
    "params.password": "[redacted 1]",
    params: '{"seen": "yes", "password": "[redacted 1]"}',
    "headers.password": "[redacted 1]",
    "params.seen": "yes",
  });
});

test("a value of more than 32 MB is masked as a whole while anything is redacted", async () => {
  const { pool } = database;
  await createQueue(pool, "large");
  const headers = { tenant_id: "acme" };
  const { taskId } = await spawnTask(pool, "large", "load", null, { headers });
  const getText = async (length: number) => {
    await pool.query("update absurd.t_large set params = to_jsonb(repeat('x', $1))", [length]);
    return (await getPayload("large", taskId, { of: "params" })).join("");
  };
  const most = 32 * 1_048_576 - 2;
  expect((await getText(most)).length).toBe(most + 2);
  expect(await getText(most + 1)).toBe('"[redacted 1]"');
});

test("a column through an array has the values of its elements, exactly, with or without redaction", async () => {
  const { pool } = database;
  await createQueue(pool, "carts");
  const headers = { tenant_id: "acme" };
  const params = `{"items": [{"sku": "a1", "price": 10000000000000000001, "password": "hunter2"}, {"sku": "b2", "price": 2.50},
    7, null, {"sku": null}, {"sku": {"of": [1, 2]}}], "deep": [{"list": [1, 2]}, {"list": "3"}, {"list": []}], "one": 5}`;
  await pool.query("select absurd.spawn_task('carts', 'buy', $1, $2)", [params, { headers }]);
  const paths = {
    "params.items[].sku": 'a1, b2, {"of": [1, 2]}',
    "params.items[].sku.of[]": "1, 2",
    "params.items[].price": "10000000000000000001, 2.50",
    "params.deep[].list[]": "1, 2",
    "params.deep[].list.0": "1",
    "params.one[]": null,
    "params.absent[].sku": null,
  };
  const columns = [...Object.keys(paths), "params.items[].password"].flatMap(
    (path) => parsePath(path) ?? [],
  );
  const shown = async () => (await list({ queue: ["carts"], columns })).rows[0]?.columns;
  const compact = { "params.items[].sku": 'a1, b2, {"of":[1,2]}' };
  expect(await shown()).toEqual({
    ...{ ...paths, ...compact },
    "params.items[].password": "[redacted 1]",
  });
  vi.stubEnv("DASHBOARD_REDACT", "");
  forgetEnvironment();
  try {
    expect(await shown()).toEqual({ ...paths, "params.items[].password": "hunter2" });
  } finally {
    vi.unstubAllEnvs();
    forgetEnvironment();
  }
});

test("a fixed column of the list is redacted too", async () => {
  const { pool } = database;
  await createQueue(pool, "linked");
  const headers = { tenant_id: "acme", workflow_run_id: '{"password":"hunter2"}' };
  await spawnTask(pool, "linked", "pay", {}, { headers });
  const [row] = (await list({ queue: ["linked"] })).rows;
  expect(row?.workflowRunId).toBe("[redacted 1]");
});

test("a JSON expression of unknown kind is refused", () => {
  expect(() => getPayloadRoot(sql`anything`)).toThrow("is unknown");
  expect(getPayloadRoot(queueTables("orders").checkpoints.state)).toBe("step");
});

test("conditions exclude every text that would be masked", async () => {
  const rules = "password,*.token,card.number,headers.authorization,vault.*,*geheim*,größe,k*y";
  const word = fc.constantFrom(
    ...[
      "password",
      "PASSWORD",
      "token",
      "to\u212Aen",
      "number",
      "authorization",
      "vault",
      "x-geheim-y",
    ],
    ...[
      "größe",
      "GRÖSSE",
      "k1y",
      "card",
      "pass\\u0077ord",
      "pass%77ord",
      "pass\u001b[1mword",
      "hunter2",
    ],
  );
  const sign = fc.constantFrom(
    ...[
      '"',
      "'",
      "\\",
      '\\"',
      ":",
      "=",
      ":= ",
      " ",
      "{",
      "}",
      "[",
      "]",
      ", ",
      "\n",
      "%22",
      "\\u0022",
    ],
    ...['{"', '": "', '": 1, "', '"}', "=hunter2 ", "%3A"],
  );
  const texts = fc
    .sample(fc.array(fc.oneof(word, sign), { maxLength: 9 }), { numRuns: 6_000, seed: 19 })
    .map((parts) => parts.join(""));
  process.env.DASHBOARD_REDACT = rules;
  forgetEnvironment();
  try {
    const roots = ["params", "error", "headers"] as const;
    const masked = texts.filter((text) => roots.some((root) => !isTextShown(root, text)));
    const { rows } = await database.pool.query(
      "select text from unnest($1::text[]) as text where not text ~ $2",
      [masked, maskablePattern()],
    );
    expect(rows).toEqual([]);
    expect(masked.length).toBeGreaterThan(500);
    expect(texts.length - masked.length).toBeGreaterThan(500);
  } finally {
    process.env.DASHBOARD_REDACT = "password";
    forgetEnvironment();
  }
});
