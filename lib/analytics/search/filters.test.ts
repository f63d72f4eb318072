import { beforeAll, describe, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { setCheckpoint } from "@/lib/absurd/runs/checkpoints";
import { claimTasks, completeTask } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { taskFilters } from "@/lib/search-params/tasks/filters";
import { parseTaskQuery } from "@/lib/search-params/tasks/query";
import { openTestDatabase } from "@/testing/dashboard-database";
import { follow, ids, list } from "@/testing/reads";

const database = openTestDatabase();
const QUEUES = [`it's "odd", 100%`, "parts"];

const CASES = [
  {
    label: "plain",
    params: { order: { id: 42, note: "a 50% \\ off" } },
    worker: "w1",
    result: { total: 100 },
  },
  { label: "text", params: { order: { id: "42" } }, worker: "w1", result: { total: "250" } },
  {
    label: "big",
    params: { order: { id: 12345678901234567890n } },
    worker: "w2",
    result: { total: 250.5 },
  },
  { label: "near", params: { order: { id: 12345678901234567891n } }, worker: "w2", result: null },
  {
    label: "list",
    params: { order: { id: [42] }, items: [{ sku: "a1", price: 5 }, { sku: "b2" }] },
    worker: "w1",
    result: [1],
  },
  {
    label: "odd",
    params: { "a.b": { 'c"d': null } },
    headers: { tenant_id: "acme", region: "eu west" },
    worker: "w3",
    result: "ok",
  },
  { label: "scalar", params: 42, headers: { tenant_id: "hooli" }, worker: "w3", result: true },
  {
    label: "failed",
    params: {},
    headers: { tenant_id: "acme" },
    worker: "w1",
    error: { name: "TimeoutError", message: "gateway did not answer in 30 s" },
  },
  {
    label: "retried",
    params: { due: "2026-03-01" },
    worker: "w2",
    error: { name: "CardDeclined", message: "insufficient_funds" },
    maxAttempts: 3,
  },
  { label: "bare error", params: {}, worker: "w2", error: "just 100% text" },
  { label: "waiting", params: { due: "2026-04-01" } },
] as const;

const labels = new Map<string, string>();

beforeAll(async () => {
  for (const queue of QUEUES) {
    await createQueue(database.pool, queue, {
      storageMode: queue === "parts" ? "partitioned" : "unpartitioned",
    });
    for (const one of CASES) await make(queue, one);
  }
});

type Case = (typeof CASES)[number];

async function make(queue: string, one: Case): Promise<void> {
  const { taskId } = await spawnTask(
    database.pool,
    queue,
    one.label.includes("e") ? "with e" : "without",
    one.params as never,
    {
      maxAttempts: "maxAttempts" in one ? one.maxAttempts : 1,
      retryStrategy: { kind: "fixed", baseSeconds: 3600 },
      ...("headers" in one ? { headers: one.headers } : {}),
    },
  );
  labels.set(taskId, one.label);
  if (!("worker" in one)) return;
  const [run] = await claimTasks(database.pool, queue, {
    workerId: one.worker,
    claimTimeoutSeconds: 60,
  });
  if (!run) throw new Error("nothing to claim");
  if ("error" in one) {
    await database.pool.query("select absurd.fail_run($1, $2, $3::jsonb, null)", [
      queue,
      run.runId,
      JSON.stringify(one.error),
    ]);
    return;
  }
  await setCheckpoint(database.pool, queue, {
    taskId,
    ownerRunId: run.runId,
    stepName: `step ${one.label}`,
    state: 1,
  });
  await completeTask(database.pool, queue, run.runId, one.result as never);
}

async function find(words: string, more = {}): Promise<string[]> {
  const { query, problems } = parseTaskQuery(words);
  expect(problems).toEqual([]);
  const filters = { ...query, limit: 3, ...more };
  const found = (await follow(await list(filters), "older", filters)).flatMap(ids);
  return found.map((id) => labels.get(id) ?? "?").reverse();
}

const TABLE: [string, string[]][] = [
  ["params.order.id:42", ["plain", "text"]],
  ['params.order.id:"42"', ["text"]],
  ["params.order.id:42.0", ["plain"]],
  ["params.order.id:12345678901234567890", ["big"]],
  ["params.order.id[]:42", ["list"]],
  ["params.items[].sku:b2", ["list"]],
  ["params.items[].price>4", ["list"]],
  ['params."a.b"."c\\"d":null', ["odd"]],
  ["params:42", ["scalar"]],
  ['params.order.note:"a 50% \\\\ off"', ["plain"]],
  ["params.order.id>100", ["big", "near"]],
  ["params.order.id<=42", ["plain", "list"]],
  ["params.due>2026-03-15", ["waiting"]],
  ["result.total>100", ["big"]],
  ["result.total>=100 result.total<250.5", ["plain"]],
  ["result:true", ["scalar"]],
  ['headers.region:"eu west"', ["odd"]],
  ["tenant:acme", ["odd", "failed"]],
  ["tenant:acme tenant:hooli", ["odd", "scalar", "failed"]],
  ["worker:w3", ["odd", "scalar"]],
  ["worker:w2 attempts:1", ["big", "near", "bare error"]],
  ["attempts>1", ["retried"]],
  ["attempts>=1 attempts<2 state:failed", ["failed", "bare error"]],
  ["error.name:TimeoutError", ["failed"]],
  ["error.name:CardDeclined", ["retried"]],
  ["error.name:CardDeclined worker:w1", []],
  ["error:GATEWAY", ["failed"]],
  ['"TimeoutError: gateway"', ["failed"]],
  ["error:100%", ["bare error"]],
  ["error:100_", []],
  ['checkpoint:"step big"', ["big"]],
  ['checkpoint:"step big" params.order.id:42', []],
  ['name:"with e" tenant:acme', ["failed"]],
  ["state:completed tenant:acme", ["odd"]],
  ["state:pending,sleeping params.due>=2026-", ["retried", "waiting"]],
  ['params."\\u0007;drop table":1', []],
];

describe.each(QUEUES)("in the queue %s", (queue) => {
  test.each(TABLE)("%s", async (words, expected) => {
    expect(await find(words, { queue: [queue] })).toEqual(expected);
  });
});

test("filters apply to all queues, in both directions", async () => {
  for (const [words, expected] of TABLE) {
    expect((await find(words)).sort(), words).toEqual([...expected, ...expected].sort());
    const { query } = parseTaskQuery(words);
    const filters = taskFilters({
      ...query,
      limit: 200,
      cursor: "n.00000000-0000-0000-0000-000000000000",
    });
    const upwards = ids(await list(filters)).map((id) => labels.get(id) ?? "");
    expect(upwards.sort(), words).toEqual([...expected, ...expected].sort());
  }
});

test("two filters together find the tasks that match both", async () => {
  const scope = { queue: QUEUES.slice(1) };
  // Errors and workers must belong to one attempt, so these do not simply intersect.
  const each = TABLE.filter(([words]) => !/error|worker|^"|tenant:acme tenant|state/.test(words));
  for (const [first, inFirst] of each.filter((_, index) => index % 3 === 0))
    for (const [second, inSecond] of each) {
      if (/^tenant|^name|^attempts/.test(first) && /^tenant|^name/.test(second)) continue;
      const both = inFirst.filter((label) => inSecond.includes(label));
      expect(await find(`${first} ${second}`, scope), `${first} ${second}`).toEqual(both);
    }
});

test("a search has a bounded number of conditions, each of which is an expression for each queue", async () => {
  const terms = (length: number) => Array.from({ length }, (_, n) => `term ${n}`);
  for (const [name, most] of [
    ["any", 10],
    ["error", 10],
    ["checkpoint", 20],
    ["name", 200],
  ] as const) {
    await expect(list({ [name]: terms(most + 1) })).rejects.toThrow(`more than ${most} `);
    expect(ids(await list({ [name]: terms(most) }))).toEqual([]);
  }
  const { query } = parseTaskQuery(
    terms(21)
      .map((_, n) => `params.a${n}:1`)
      .join(" "),
  );
  await expect(list(query)).rejects.toThrow("where has more than 20 items");
});

test("a long text is searched as one if it is quoted, and too many words are refused", async () => {
  const message = "the payment service refused the card because it has expired last month";
  await expect(list(parseTaskQuery(message).query)).rejects.toMatchObject({
    message: "The search has more than 10 words.",
    hint: "Put a text of several words in quotes: it is searched as one.",
  });
  expect(ids(await list(parseTaskQuery(`"${message}"`).query))).toEqual([]);
});
