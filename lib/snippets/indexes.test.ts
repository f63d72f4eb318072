import { expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { listQueues } from "@/lib/analytics/queues";
import { openTestDatabase } from "@/testing/dashboard-database";
import { offerIndex } from "./indexes";

const database = openTestDatabase();

test("the SQL for each column creates a valid index on every queue, with any name", async () => {
  const { pool } = database;
  await createQueue(pool, `it's "a" \\ größe`);
  await createQueue(pool, "parts", { storageMode: "partitioned" });
  await spawnTask(pool, "parts", "job", {});
  const { queues } = await listQueues();
  for (const column of ["task_name", "params", "headers", "completed_payload"] as const) {
    const offer = offerIndex(column, queues);
    expect(offer).toMatchObject({ bytes: column === "task_name" ? 51 : 131 });
    const count = "select count(*)::int from pg_index where indisvalid";
    const before = (await pool.query(count)).rows[0].count;
    for (const statement of offer?.sql.split("\n") ?? []) await pool.query(statement);
    const after = (await pool.query(count)).rows[0].count;
    expect(after - before).toBeGreaterThanOrEqual(queues.length);
  }
});

test("no index is offered while the number of tasks is only a lower bound", async () => {
  await createQueue(database.pool, "one");
  const { queues } = await listQueues();
  const capped = queues.map((queue) => ({
    ...queue,
    terminal: { ...queue.terminal, failed: { value: 20_000, precision: "capped" as const } },
  }));
  expect(offerIndex("task_name", queues)).not.toBeNull();
  expect(offerIndex("task_name", capped)).toBeNull();
  expect(offerIndex("task_name", [])).toBeNull();
});
