import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { listAuditChoices } from "@/lib/analytics/audit";
import { listQueues } from "@/lib/analytics/queues";
import { translateReadError } from "@/lib/model/sqlstate";
import { openTestDatabase } from "@/testing/dashboard-database";
import { list } from "@/testing/reads";
import { forgetEnvironment } from "./env";
import { closePools, getReadPool, getWritePool } from "./pools";

const database = openTestDatabase();
const DOCUMENT = readFileSync(new URL("../../docs/configuration.md", import.meta.url), "utf8");

beforeAll(async () => {
  await createQueue(database.pool, "work");
  for (const [, statements = ""] of DOCUMENT.matchAll(/```sql\n([\s\S]*?)```/g))
    await database.pool.query(
      statements.replaceAll("the_role_that_creates_queues", "postgres").replaceAll("...", "secret"),
    );
  // A queue that is created later needs the default privileges.
  await createQueue(database.pool, "later");
  const url = (role: string) => {
    const own = new URL(database.url);
    own.username = role;
    own.password = "secret";
    return own.href;
  };
  await closePools();
  Object.assign(process.env, {
    DATABASE_URL: url("dashboard_operator"),
    DATABASE_READ_URL: url("dashboard_reader"),
  });
  forgetEnvironment();
});

test("the documented rights suffice for viewing", async () => {
  const { queues } = await listQueues();
  expect(queues.map(({ name, unreadable }) => ({ name, unreadable }))).toEqual([
    { name: "later", unreadable: undefined },
    { name: "work", unreadable: undefined },
  ]);
  expect((await list()).rows).toEqual([]);
  expect(await listAuditChoices()).toMatchObject({ installed: true });
});

test("the documented rights suffice for actions, and a missing right is named", async () => {
  for (const queue of ["work", "later"]) await spawnTask(getWritePool(), queue, "nap", {});
  await expect(createQueue(getWritePool(), "another")).rejects.toMatchObject({ code: "42501" });
  const denied = await getReadPool()
    .query("select from public.highway_circuit")
    .catch(translateReadError);
  expect(denied).toMatchObject({
    code: "forbidden",
    message: "The dashboard's database role may not read table highway_circuit.",
  });
});
