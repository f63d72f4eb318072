import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { migrate } from "@/lib/db/migrate";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { listBodies, listCatalog } from "../catalog";
import { installFirstGeneration } from "./first-generation";

const LONGEST = "x".repeat(57);
const QUEUES = [
  ["old", "unpartitioned"],
  ["old parts", "partitioned"],
  [LONGEST, "unpartitioned"],
  [`${LONGEST.slice(1)}p`, "partitioned"],
] as const;

let database: TestDatabase;
let client: Client;
beforeEach(async () => {
  ({ database, client } = await connect());
});
afterEach(() => disconnect(database, client));

async function connect() {
  const opened = await createTestDatabase({ empty: true });
  const session = new Client({ connectionString: opened.url });
  await session.connect();
  return { database: opened, client: session };
}

async function disconnect(opened: TestDatabase, session: Client) {
  await session.end();
  await opened.drop();
}

const createQueues = async (session: Client) => {
  for (const [name, mode] of QUEUES)
    await session.query("select absurd.create_queue($1, $2)", [name, mode]);
};

/** What `absurdctl migrate` does to a schema that reports 0.5.0, with differently worded functions. */
async function migrateLikeTheOriginal() {
  for (const name of ["claim_task", "ensure_queue_tables"])
    await replaceBody(name, "replace(p.prosrc, '_aci''', '_ci''') || ' -- another wording'");
  await replaceBody("get_schema_version", "$body$ select '0.5.1' $body$");
  await client.query(`
    do $$ declare q text; begin
      for q in select queue_name from absurd.queues loop
        execute format('create index if not exists %I on absurd.%I (task_id) where cancellation is not null',
          't_' || q || '_ci', 't_' || q);
      end loop;
    end $$`);
}

async function replaceBody(name: string, body: string) {
  await client.query(
    `do $do$ declare d text; begin
       select replace(pg_get_functiondef(p.oid), p.prosrc, ${body}) into d
       from pg_proc p where p.pronamespace = 'absurd'::regnamespace and p.proname = '${name}';
       execute d;
     end $do$`,
  );
}

describe("an upgraded schema equals a fresh one", () => {
  let fresh: { catalog: string[]; bodies: Record<string, string> };
  beforeAll(async () => {
    const { database: other, client: session } = await connect();
    await migrate(session, "engine");
    await createQueues(session);
    fresh = { catalog: await listCatalog(session), bodies: await listBodies(session) };
    await disconnect(other, session);
  });
  afterAll(() => {
    expect(fresh.catalog.join("\n")).not.toContain("_aci");
  });

  const expectFresh = async () => {
    expect(await listCatalog(client)).toEqual(fresh.catalog);
    expect(await listBodies(client)).toEqual(fresh.bodies);
    expect(await migrate(client, "engine")).toEqual({ files: 0, restored: [] });
    expect(await listBodies(client)).toEqual(fresh.bodies);
  };

  test("from generation 0.5.0, without rebuilding an index", async () => {
    await installFirstGeneration(client);
    await createQueues(client);
    const files = async () =>
      (
        await client.query(
          "select relfilenode from pg_class where relname ~ '_a?ci$' order by relfilenode",
        )
      ).rows;
    const before = await files();
    expect(before).toHaveLength(4);
    expect(await migrate(client, "engine")).toMatchObject({ files: 4, restored: [] });
    expect(await files()).toEqual(before);
    await expectFresh();
  });

  test("from generation 0.5.0 after the original's migration, with queues of before and after", async () => {
    await installFirstGeneration(client);
    for (const [name, mode] of QUEUES.slice(0, 2))
      await client.query("select absurd.create_queue($1, $2)", [name, mode]);
    await migrateLikeTheOriginal();
    await createQueues(client);
    expect(await migrate(client, "engine")).toMatchObject({ files: 4, restored: [] });
    await expectFresh();
  });

  test("from generation 0.5.1 after the original's migration", async () => {
    await migrate(client, "engine");
    await createQueues(client);
    await migrateLikeTheOriginal();
    expect(await migrate(client, "engine")).toEqual({
      files: 0,
      restored: ["get_schema_version", "ensure_queue_tables", "claim_task"],
    });
    await expectFresh();
  });

  test("from a queue whose index was dropped", async () => {
    await installFirstGeneration(client);
    await createQueues(client);
    await client.query("drop index absurd.t_old_aci");
    await migrate(client, "engine");
    await expectFresh();
  });
});

test("an index keeps its old name where the new one is the table of another queue", async () => {
  await installFirstGeneration(client);
  for (const name of ["a", "a_ci"]) await client.query("select absurd.create_queue($1)", [name]);
  await migrate(client, "engine");
  const { rows } = await client.query(
    "select indexname as name from pg_indexes where schemaname = 'absurd' and indexname ~ 'ci$' order by 1",
  );
  expect(rows.map((row) => row.name)).toEqual(["t_a_aci", "t_a_ci_ci"]);
});

test("tables of an unregistered queue are upgraded too", async () => {
  await installFirstGeneration(client);
  await client.query("select absurd.ensure_queue_tables('loose')");
  await migrate(client, "engine");
  expect((await client.query("select to_regclass('absurd.t_loose_ci') as found")).rows).toEqual([
    { found: "absurd.t_loose_ci" },
  ]);
});

describe("refused, with nothing changed", () => {
  const expectRefusal = async (found: string | RegExp) => {
    const before = [await listCatalog(client), await listBodies(client), await listRecord()];
    await expect(migrate(client, "engine")).rejects.toMatchObject({
      name: "ForeignSchemaError",
      message: expect.stringMatching(found),
    });
    expect([await listCatalog(client), await listBodies(client), await listRecord()]).toEqual(
      before,
    );
  };
  const listRecord = async () =>
    (await client.query("select * from absurd_dashboard.engine_migrations order by id")).rows;

  test.each(["installFirstGeneration", "migrate"])(
    "a version unknown to this command, after %s",
    async (start) => {
      await (start === "migrate" ? migrate(client, "engine") : installFirstGeneration(client));
      await replaceBody("get_schema_version", "$body$ select '0.6.0' $body$");
      await expectRefusal(/reports version 0\.6\.0, and the newest .* is 0\.5\.1\. Nothing was/);
      await replaceBody("get_schema_version", "$body$ select '0.10.0' $body$");
      await expectRefusal("reports version 0.10.0");
      await replaceBody("get_schema_version", "$body$ select 'main' $body$");
      await expectRefusal('reports version "main", which is no release');
    },
  );

  test("a schema that was dropped and installed from elsewhere", async () => {
    await migrate(client, "engine");
    await client.query("drop schema absurd cascade; create schema absurd");
    await client.query("create table absurd.queues (queue_name text primary key)");
    await expectRefusal(
      /installed from here by .*, or it has been replaced or edited since .*and others/,
    );
    await client.query(
      "create function absurd.get_schema_version() returns text language sql as $$ select '0.5.1' $$",
    );
    await expectRefusal("has been replaced or edited");
  });

  test("a function that was edited or dropped", async () => {
    await installFirstGeneration(client);
    await replaceBody("spawn_task", "p.prosrc || ' -- edited'");
    await client.query("drop function absurd.disable_cron");
    await expectRefusal(
      "replaced or edited since (spawn_task, disable_cron).".replace(/[()]/g, "\\$&"),
    );
  });

  test("a record of files that this command does not have", async () => {
    await migrate(client, "engine");
    await client.query(
      "insert into absurd_dashboard.engine_migrations (hash, created_at) values ('later', 9795392000000)",
    );
    await expectRefusal("installed by a newer version of this command, or by one that was not");
  });
});
