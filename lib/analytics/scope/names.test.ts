import { createHash } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { createQueue, dropQueue } from "@/lib/absurd/queues/queues";
import { claimTasks, failTask } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { isCutName } from "@/lib/model/rows/shown-name";
import type { TaskSummary } from "@/lib/model/task";
import { taskFilters } from "@/lib/search-params/tasks/filters";
import { failureFilters } from "@/lib/search-params/windows";
import { openTestDatabase } from "@/testing/dashboard-database";
import { list } from "@/testing/reads";
import { exportTasks } from "../export";
import { listFailures } from "../failures";
import { getLatency } from "../overview";
import { suggestTasks } from "../task-suggestions";
import { listWorkers } from "../workers";

const database = openTestDatabase();
const LONG = "n".repeat(100_000);
const cut = (name: string) =>
  `${name.slice(0, 500)}... #${createHash("sha256").update(name).digest("hex").slice(0, 8)}`;
const SHOWN = cut(LONG);

beforeAll(async () => {
  const { pool } = database;
  await createQueue(pool, "names");
  for (const name of [LONG, "short"]) {
    await spawnTask(pool, "names", name, null, { maxAttempts: 1 });
    const [run] = await claimTasks(pool, "names", { workerId: name });
    await failTask(pool, "names", run?.runId ?? "", { name: "E", message: name });
  }
});

test("lists cut names of more than 500 characters, which the engine accepts", async () => {
  const { rows } = await list();
  expect(rows.map(({ name }) => name).sort()).toEqual([SHOWN, "short"].sort());
  expect(rows.map(({ run }) => run?.claimedBy).sort()).toEqual([SHOWN, "short"].sort());
  const { groups } = await listFailures(failureFilters({}));
  expect(groups.map(({ taskName }) => taskName).sort()).toEqual([SHOWN, "short"].sort());
  const { workers } = await listWorkers("1h");
  expect(workers.map(({ name }) => name).sort()).toEqual([SHOWN, "short"].sort());
});

test("cut names are recognised, and an export has them whole", async () => {
  const { rows } = await list();
  expect(rows.filter(({ name }) => isCutName(name)).map(({ name }) => name)).toEqual([SHOWN]);
  const exported: TaskSummary[] = [];
  for await (const tasks of exportTasks({ ...taskFilters(), limit: 10 })) exported.push(...tasks);
  const columns = exported.map(({ name, run }) => [name, run?.claimedBy]);
  expect(columns).toEqual([
    ["short", "short"],
    [LONG, LONG],
  ]);
});

test("names that begin with the same 500 characters are listed apart", async () => {
  const { pool } = database;
  await createQueue(pool, "alike");
  const names = ["é".repeat(500), "é".repeat(600), `${"é".repeat(600)}1`, `${"é".repeat(600)}2`];
  const filters = failureFilters({ queue: ["alike"] });
  for (const name of names)
    for (const ends of [true, false]) {
      await spawnTask(pool, "alike", name, null, { maxAttempts: 1 });
      const [run] = await claimTasks(pool, "alike", { workerId: name });
      if (ends) await failTask(pool, "alike", run?.runId ?? "", { name: "E", message: "m" });
    }
  const shown = [names[0], ...names.slice(1).map(cut)].sort();
  const { groups } = await listFailures(filters);
  expect(groups.map(({ taskName }) => taskName).sort()).toEqual(shown);
  const { workers } = await listWorkers("1h");
  const alike = workers.filter(({ name }) => name.startsWith("é"));
  expect(alike.map(({ name }) => name).sort()).toEqual(shown);
  expect(alike.every(({ running, failed }) => running === 1 && failed === 1)).toBe(true);
  const latency = await getLatency("1h");
  const rows = latency.names.filter(({ name }) => name.startsWith("é"));
  expect(rows.map(({ name }) => name).sort()).toEqual(shown);
  await dropQueue(pool, "alike");
});

test("an export holds ten tasks with long names at a time", async () => {
  for (let n = 0; n < 11; n++) await spawnTask(database.pool, "names", `${LONG}${n}`, null);
  const sizes: number[] = [];
  for await (const tasks of exportTasks({ ...taskFilters(), limit: 20 })) sizes.push(tasks.length);
  expect(sizes).toEqual([10, 3]);
});

test("an export writes at most a hundred tasks at a time", async () => {
  await createQueue(database.pool, "many");
  await database.pool.query(
    "select absurd.spawn_task('many', 'work', '{}'::jsonb) from generate_series(1, 210)",
  );
  const sizes: number[] = [];
  const filters = { ...taskFilters({ queue: ["many"] }), limit: 300 };
  for await (const tasks of exportTasks(filters)) sizes.push(tasks.length);
  expect(sizes).toEqual([100, 100, 10]);
  await dropQueue(database.pool, "many");
});

test("names too long to type are not suggested", async () => {
  expect(await suggestTasks([])).toMatchObject({ names: ["short"], workers: ["short"] });
});
