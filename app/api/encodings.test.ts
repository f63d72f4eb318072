/** The dashboard works on a database whose encoding is not UTF-8, and explains what such a database cannot store. */
import { Client } from "pg";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { emitEventAction } from "@/lib/actions/events";
import { createQueueAction } from "@/lib/actions/queues";
import { cancelTaskAction, spawnTaskAction } from "@/lib/actions/tasks";
import { migrate } from "@/lib/db/migrate";
import { openTestDatabase } from "@/testing/dashboard-database";
import * as audit from "./audit/route";
import * as task from "./queues/[queue]/tasks/[taskId]/route";
import * as queues from "./queues/route";
import * as tasks from "./tasks/route";

vi.spyOn(console, "info").mockImplementation(() => {});

/** The body of a route's response. */
async function fetchRoute(
  route: (request: Request, context: { params: Promise<never> }) => Promise<Response>,
  query: Record<string, string> = {},
  params = {},
) {
  const request = new Request(`http://localhost/?${new URLSearchParams(query)}`);
  const response = await route(request, { params: Promise.resolve(params as never) });
  return response.json();
}

describe.each(["LATIN1", "WIN1252", "SQL_ASCII"])("a database in %s", (encoding) => {
  const database = openTestDatabase({ encoding });
  const queue = "fête";

  beforeAll(async () => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await migrate(client, "engine");
    await migrate(client, "dashboard");
    await client.end();
    expect(await createQueueAction({ queue, storageMode: "partitioned" })).toMatchObject({
      ok: true,
    });
  }, 60_000);

  test("can be migrated, written and read", async () => {
    const spawned = await spawnTaskAction({ queue, name: "café", params: '{"a":"\\u00e9"}' });
    if (!spawned.ok) throw new Error(spawned.error.message);
    const { taskId } = spawned.data;
    expect(await fetchRoute(tasks.GET, { where: "params.a:é" })).toMatchObject({
      rows: [{ taskId, queue, name: "café", state: "pending" }],
    });
    expect(await fetchRoute(tasks.GET, { any: "é" })).toMatchObject({ rows: [{ taskId }] });
    expect(await fetchRoute(queues.GET)).toMatchObject({ queues: [{ name: queue, ready: 1 }] });
    expect(await fetchRoute(task.GET, {}, { queue, taskId })).toMatchObject({
      task: { name: "café" },
    });
    expect(await cancelTaskAction({ queue, taskId, reason: "→ déjà vu" })).toMatchObject({
      ok: true,
    });
    // The reason has a character that some encodings lack; the cancellation is recorded all the same.
    const { rows } = await fetchRoute(audit.GET, { action: "cancel task" });
    const reason = encoding === "SQL_ASCII" ? "→ déjà vu" : "? d?j? vu";
    expect(rows).toMatchObject([{ taskId, outcome: "done", reason }]);
  });

  // SQL_ASCII stores any bytes.
  if (encoding === "SQL_ASCII") return;
  test("refuses characters that it cannot store", async () => {
    const attempts = [
      () => createQueueAction({ queue: "→", storageMode: "unpartitioned" }),
      () => spawnTaskAction({ queue, name: "→", params: "{}" }),
      () => spawnTaskAction({ queue, name: "plain", params: '["→"]' }),
      () => spawnTaskAction({ queue, name: "plain", params: '["\\u2192"]' }),
      () => emitEventAction({ queue, name: "→", payload: "1" }),
    ];
    for (const attempt of attempts)
      expect(await attempt()).toMatchObject({
        ok: false,
        error: {
          code: "bad_request",
          message: expect.stringMatching(/character that this database cannot store/),
        },
      });
    const { rows } = await fetchRoute(audit.GET, { outcome: "refused" });
    expect(rows).toHaveLength(attempts.length);
    for (const query of [{ name: "→" }, { any: "→" }, { where: "params.a:→" }])
      expect(await fetchRoute(tasks.GET, query)).toMatchObject({
        error: { code: "bad_request", message: expect.stringContaining("outside its encoding") },
      });
  });
});
