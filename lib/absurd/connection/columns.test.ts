import { Client, types } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { AbsurdClient } from "../absurd-client.ts";
import { decodeDate, decodeInstant } from "./columns.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test("instants keep their milliseconds, and infinity is kept", () => {
  expect(decodeInstant("1772452800.123999")).toEqual(new Date("2026-03-02T12:00:00.123Z"));
  expect(decodeInstant("1772452800.123")).toEqual(new Date("2026-03-02T12:00:00.123Z"));
  expect(decodeInstant("Infinity")).toBe("infinity");
  expect(decodeDate("-Infinity")).toEqual(new Date(-8.64e15));
  expect(decodeDate(null)).toBeNull();
});

test("decoding is independent of session settings and the driver's parsers", async () => {
  const db = new Client({
    connectionString: database.url,
    types: {
      // Some programs configure dates and JSON as text.
      getTypeParser: (oid, format) =>
        [types.builtins.TIMESTAMPTZ, types.builtins.JSONB, types.builtins.INTERVAL].includes(oid)
          ? (value: string) => `raw ${value}`
          : types.getTypeParser(oid, format),
    },
  });
  await db.connect();
  await db.query("set timezone = 'Asia/Kolkata'");
  await db.query("set datestyle = 'German'");
  await db.query("set intervalstyle = 'iso_8601'");
  await db.query("select set_config('absurd.fake_now', '2026-03-02 12:00:00.123+00', false)");

  const client = new AbsurdClient({ queueName: "q", db });
  await client.createQueue();
  const { taskId, runId } = await client.spawnTask("job", { n: 1 });
  await client.claimTasks();
  const now = new Date("2026-03-02T12:00:00.123Z");
  const sleeping = client.sleep({ runId, stepName: "nap", seconds: 1.5 });
  await expect(sleeping).rejects.toMatchObject({ wakeAt: new Date("2026-03-02T12:00:01.623Z") });
  expect(await client.getTaskStatus(taskId)).toMatchObject({ params: { n: 1 }, enqueueAt: now });
  expect(await client.getRunStatus(runId)).toMatchObject({
    startedAt: now,
    availableAt: new Date("2026-03-02T12:00:01.623Z"),
  });
  expect(await client.getQueuePolicy()).toMatchObject({ cleanupTtlSeconds: 30 * 86_400 });
  for (const workflowName of ["a", "b"])
    await client.createWorkflowRun({ workflowName, workflowVersion: "1" });
  const first = await client.listWorkflowRuns({ limit: 1 });
  const second = await client.listWorkflowRuns({ limit: 1, cursor: first.nextCursor ?? "" });
  expect([first.runs[0]?.workflowName, second.runs[0]?.workflowName]).toEqual(["b", "a"]);
  await db.end();
});
