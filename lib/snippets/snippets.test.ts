import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { awaitEvent } from "@/lib/absurd/events/events";
import { createQueue } from "@/lib/absurd/queues/queues";
import { claimTasks, failTask } from "@/lib/absurd/runs/runs";
import { type SpawnOptions, spawnTask } from "@/lib/absurd/tasks/spawn";
import { getTask } from "@/lib/analytics/task";
import type { Json } from "@/lib/model/json";
import { openTestDatabase } from "@/testing/dashboard-database";
import { listJavascriptSnippets } from "./javascript";
import { listSqlSnippets } from "./sql";

const QUEUES = ["orders", `it's "a" \\ größe`, "a;b--c:d$1"];
const AWKWARD: Json = {
  quote: `it's "q" \\ \\' ; -- :name $1 \${x} \`\n`,
  "odd key": [1, -0.5, true, null, { "": {} }, []],
  __proto__x: 1,
  unicode: "größe \u2028 😀",
  long: "x".repeat(200),
};
const OPTIONS: SpawnOptions = {
  maxAttempts: 3,
  headers: { tenant_id: "o'hara", "x-y": `"` },
  retryStrategy: { kind: "exponential", baseSeconds: 2, factor: 3, maxSeconds: 60 },
  cancellation: { maxDelaySeconds: 3_600, maxDurationSeconds: 7_200 },
};
const database = openTestDatabase();
// Inside the project, so that the snippets find their packages, including our own sources.
const folder = path.resolve(".cache/snippets");

beforeAll(async () => {
  for (const queue of QUEUES) await createQueue(database.pool, queue);
  mkdirSync(folder, { recursive: true });
  process.env.ABSURD_DATABASE_URL = database.url;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Row = Record<string, unknown>;
async function newest(queue: string): Promise<Row> {
  const { rows } = await database.pool.query<Row>(
    `select task_id, task_name, params::text, headers::text, retry_strategy::text, cancellation::text, max_attempts, state
       from absurd."t_${queue.replaceAll('"', '""')}" order by task_id desc limit 1`,
  );
  return rows[0] ?? {};
}
const withoutId = ({ task_id: _, ...row }: Row) => row;

function sql(snippets: { title: string; text: string }[], title: string): string {
  const found = snippets.find((snippet) => snippet.title === title);
  if (!found) throw new Error(`no snippet "${title}" among ${snippets.map((one) => one.title)}`);
  return found.text;
}

let modules = 0;
/** Runs a copied module unchanged; only the addresses of the database and of our own package are supplied. */
async function run(text: string): Promise<void> {
  const own = text
    .replace(`"absurd-dashboard/client"`, JSON.stringify(path.resolve("lib/absurd/client.ts")))
    .replace("new Pool()", `new Pool({ connectionString: ${JSON.stringify(database.url)} })`);
  const file = path.join(folder, `snippet-${modules++}.mjs`);
  writeFileSync(file, own);
  await import(/* @vite-ignore */ pathToFileURL(file).href);
}

test.each(QUEUES)(
  "queue %j: the statements for its rows and its copies run unchanged",
  async (queue) => {
    const { taskId } = await spawnTask(database.pool, queue, "it's \\ odd", AWKWARD, OPTIONS);
    const old = await newest(queue);
    const snippets = listSqlSnippets(await getTask(queue, taskId));
    const results = (await database.pool.query(sql(snippets, "Rows of the task"))) as unknown as {
      rows: Row[];
    }[];
    expect(results.map(({ rows }) => rows.length)).toEqual([1, 1, 0, 0]);
    expect(results[0]?.rows[0]).toMatchObject({ task_id: taskId });

    await database.pool.query(sql(snippets, "Spawn a similar task, with all values"));
    expect(withoutId(await newest(queue))).toEqual(withoutId(old));
    await database.pool.query(sql(snippets, "Run again"));
    const copy = await newest(queue);
    expect(JSON.parse(String(copy.headers))).toEqual({
      ...JSON.parse(String(old.headers)),
      spawned_from: taskId,
    });
    expect({ ...copy, headers: 0, task_id: 0 }).toEqual({ ...old, headers: 0, task_id: 0 });
  },
);

test.each(QUEUES)("queue %j: the modules spawn the same task", async (queue) => {
  const { taskId } = await spawnTask(database.pool, queue, "it's \\ odd", AWKWARD, OPTIONS);
  const old = await newest(queue);
  const snippets = listJavascriptSnippets(await getTask(queue, taskId));
  for (const title of ["absurd-sdk", "absurd-dashboard/client"]) {
    await run(sql(snippets, `Spawn a similar task with ${title}`));
    const copy = await newest(queue);
    expect(copy.task_id).not.toBe(old.task_id);
    expect(withoutId(copy)).toEqual(withoutId(old));
  }
});

test.each(QUEUES)("queue %j: each action, from SQL and from the client", async (queue) => {
  const { pool } = database;
  const event = `it's "an" \\ event`;
  const state = async (taskId: string) => (await getTask(queue, taskId)).task.state;
  const listSnippets = async (taskId: string) => {
    const detail = await getTask(queue, taskId);
    return { sql: listSqlSnippets(detail), js: listJavascriptSnippets(detail) };
  };
  const act = "Act on the task with absurd-dashboard/client";
  const claimed = async () => {
    const { taskId, runId } = await spawnTask(pool, queue, "x", null, { maxAttempts: 1 });
    // Tasks that have waited longer must not be claimed instead.
    await pool.query(
      `update absurd."r_${queue.replaceAll('"', '""')}" set available_at = 'infinity' where run_id <> $1 and state = 'pending'`,
      [runId],
    );
    await claimTasks(pool, queue, { claimTimeoutSeconds: 30 });
    return { taskId, runId };
  };

  const one = await spawnTask(pool, queue, "x", null);
  await pool.query(sql((await listSnippets(one.taskId)).sql, "Cancel"));
  expect(await state(one.taskId)).toBe("cancelled");
  const two = await spawnTask(pool, queue, "x", null);
  await run(sql((await listSnippets(two.taskId)).js, act));
  expect(await state(two.taskId)).toBe("cancelled");
  await run(sql((await listSnippets(two.taskId)).js, act));
  expect(await newest(queue)).toMatchObject({ headers: expect.stringContaining(two.taskId) });

  for (const language of ["sql", "js"] as const) {
    const failed = await claimed();
    const title = language === "sql" ? "Extend the lease to 5 min from now" : act;
    await execute(language, sql((await listSnippets(failed.taskId))[language], title));
    const [lease] = (await getTask(queue, failed.taskId)).runs;
    expect(Date.parse(lease?.claimExpiresAt ?? "") - Date.now()).toBeGreaterThan(200_000);
    await failTask(pool, queue, failed.runId, { message: "no" });
    const retry = language === "sql" ? "Retry with one more attempt" : act;
    await execute(language, sql((await listSnippets(failed.taskId))[language], retry));
    expect(await state(failed.taskId)).toBe("pending");

    const waiting = await claimed();
    const name = `${event} ${language}`;
    await awaitEvent(pool, queue, { ...waiting, stepName: "wait", eventName: name });
    const emit = language === "sql" ? "Emit the awaited event" : act;
    await execute(language, sql((await listSnippets(waiting.taskId))[language], emit));
    expect(await state(waiting.taskId)).toBe("pending");
  }
});

async function execute(language: "sql" | "js", text: string): Promise<void> {
  if (language === "js") await run(text);
  else await database.pool.query(text);
}

test("large integers stay exact where possible and are never rounded silently", async () => {
  const queue = "orders";
  const { taskId } = await spawnTask(database.pool, queue, "big", { id: 12345678901234567890n });
  const detail = await getTask(queue, taskId);
  await run(
    sql(listJavascriptSnippets(detail), "Spawn a similar task with absurd-dashboard/client"),
  );
  expect(await newest(queue)).toMatchObject({ params: '{"id": 12345678901234567890}' });
  const sdk = sql(listJavascriptSnippets(detail), "Spawn a similar task with absurd-sdk");
  expect(sdk).toContain("cannot send integers this large");
  await expect(run(sdk)).rejects.toThrow();
});

test("redacted values are not printed", async () => {
  const { taskId } = await spawnTask(database.pool, "orders", "x", { password: 1 });
  const detail = await getTask("orders", taskId);
  const hidden = {
    ...detail,
    task: { ...detail.task, params: { bytes: 9, text: "{}", redacted: 1 } },
  };
  const titles = [...listSqlSnippets(hidden), ...listJavascriptSnippets(hidden)].map(
    ({ title }) => title,
  );
  expect(titles.filter((title) => title.startsWith("Spawn"))).toEqual([]);
  expect(titles).toContain("Run again");
});
