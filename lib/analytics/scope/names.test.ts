import { beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
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
import { suggestTasks } from "../task-suggestions";
import { listWorkers } from "../workers";

const database = openTestDatabase();
const LONG = "n".repeat(100_000);
const SHOWN = `${"n".repeat(500)}...`;

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

test("an export holds ten tasks with long names at a time", async () => {
  for (let n = 0; n < 11; n++) await spawnTask(database.pool, "names", `${LONG}${n}`, null);
  const sizes: number[] = [];
  for await (const tasks of exportTasks({ ...taskFilters(), limit: 20 })) sizes.push(tasks.length);
  expect(sizes).toEqual([10, 3]);
});

test("names too long to type are not suggested", async () => {
  expect(await suggestTasks([])).toMatchObject({ names: ["short"], workers: ["short"] });
});
