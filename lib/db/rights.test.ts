import { readFileSync } from "node:fs";
import { Client } from "pg";
import { beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import { listAuditChoices } from "@/lib/analytics/audit";
import { listQueues } from "@/lib/analytics/queues";
import { examine } from "@/lib/doctor/examine";
import { translateReadError } from "@/lib/model/sqlstate";
import { openTestDatabase } from "@/testing/dashboard-database";
import { list } from "@/testing/reads";
import { forgetEnvironment } from "./env";
import { closePools, getReadPool, getWritePool } from "./pools";

const database = openTestDatabase();
const DOCUMENT = readFileSync(
  new URL("../../docs/operations/databases.md", import.meta.url),
  "utf8",
);

function url(role: string): string {
  const own = new URL(database.url);
  own.username = role;
  own.password = "secret";
  return own.href;
}

beforeAll(async () => {
  await createQueue(database.pool, "work");
  const [, statements = ""] = /```sql\n([\s\S]*?)```/.exec(DOCUMENT) ?? [];
  const name = new URL(database.url).pathname.slice(1);
  await database.pool.query(
    statements
      .replaceAll("on database app ", `on database "${name}" `)
      .replaceAll("app_owner", "postgres")
      .replaceAll("…", "secret"),
  );
  // A queue that is created later needs the default privileges.
  await createQueue(database.pool, "later");
  await closePools();
  Object.assign(process.env, {
    DATABASE_URL: url("dashboard_operator"),
    DATABASE_READ_URL: url("dashboard_viewer"),
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
  await database.pool.query("create table public.unrelated ()");
  const denied = await getReadPool()
    .query("select from public.unrelated")
    .catch(translateReadError);
  expect(denied).toMatchObject({
    code: "forbidden",
    message: "The dashboard's database role may not read table unrelated.",
  });
});

test.each([
  ["dashboard_viewer", ["rights-act", "rights-start", "rights-record", "rights-queues"]],
  ["dashboard_operator", ["rights-queues"]],
  ["dashboard_admin", []],
])(
  "the doctor finds what the documented role %s lacks, and nothing else",
  async (role, missing) => {
    const { checks } = await examine(url(role), url("dashboard_viewer"));
    expect(checks.flatMap(({ id, verdict }) => (/error|warning/.test(verdict) ? id : []))).toEqual(
      missing,
    );
  },
);

test("the documented rights of an admin suffice for creating queues", async () => {
  const client = new Client({ connectionString: url("dashboard_admin") });
  await client.connect();
  try {
    await createQueue(client, "another", { storageMode: "partitioned" });
  } finally {
    await client.end();
  }
});
