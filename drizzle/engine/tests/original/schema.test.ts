/**
 * The original's schema and its migration compared with ours, installed by its command as a user would; only with
 * ABSURD_LONG.
 */
import { Client } from "pg";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { migrate } from "@/lib/db/migrate";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { listBodies, listCatalog } from "../catalog";
import { installFirstGeneration } from "../migration/first-generation";
import { absurdctl, installPackages } from "./packages";

const LONGEST = "x".repeat(57);
const QUEUES = [
  ["plain", "unpartitioned"],
  ["My Queue-1 é", "unpartitioned"],
  [LONGEST, "unpartitioned"],
  ["weekly", "partitioned"],
  [LONGEST.replace("x", "p"), "partitioned"],
] as const;

describe.runIf(process.env.ABSURD_LONG === "1")("compared with the original's 0.5.1", () => {
  beforeAll(installPackages, 300_000);

  type Site = { database: TestDatabase; client: Client };
  let ours: Site;
  let theirs: Site;
  const open = async (): Promise<Site> => {
    const database = await createTestDatabase({ empty: true });
    const client = new Client({ connectionString: database.url });
    await client.connect();
    // Partitions are named by the week, which must not change between two of them.
    await client.query(
      `do $$ begin execute format('alter database %I set absurd.fake_now = %L', current_database(), '2026-03-02 12:00+00'); end $$`,
    );
    return { database, client };
  };
  const close = async ({ database, client }: Site) => {
    await client.end();
    await database.drop();
  };
  beforeEach(async () => {
    [ours, theirs] = [await open(), await open()];
  });
  afterEach(async () => {
    await close(ours);
    await close(theirs);
  });

  const createQueues = async (site: Site, queues: readonly (typeof QUEUES)[number][] = QUEUES) => {
    for (const [name, mode] of queues)
      await absurdctl(site.database.url, "create-queue", `--storage-mode=${mode}`, name);
  };
  const installTheirs = async () => {
    await absurdctl(theirs.database.url, "init");
    await createQueues(theirs);
  };

  test("a fresh schema and its queues have the same catalog", async () => {
    await migrate(ours.client, "engine");
    await createQueues(ours);
    await installTheirs();
    expect(await listCatalog(ours.client)).toEqual(await listCatalog(theirs.client));
  }, 120_000);

  test("its migration of our 0.5.0 and then ours end with our functions and the same catalog", async () => {
    await installFirstGeneration(ours.client);
    await createQueues(ours, QUEUES.slice(1, 4));
    expect(await absurdctl(ours.database.url, "migrate")).toContain("0.5.1");
    await createQueues(ours);
    await migrate(ours.client, "engine");
    await installTheirs();
    expect(await listCatalog(ours.client)).toEqual(await listCatalog(theirs.client));

    const bodies = await listBodies(ours.client);
    await ours.client.query("drop schema absurd cascade");
    await migrate(ours.client, "engine");
    expect(bodies).toEqual(await listBodies(ours.client));
  }, 120_000);

  test("functions that its migration replaces in our 0.5.1 are restored", async () => {
    await migrate(ours.client, "engine");
    const bodies = await listBodies(ours.client);
    expect(await absurdctl(ours.database.url, "migrate")).toContain("already at 0.5.1");
    expect(await listBodies(ours.client)).toEqual(bodies);
    await absurdctl(ours.database.url, "migrate", "--from=0.5.0");
    expect(await listBodies(ours.client)).not.toEqual(bodies);
    const { files, restored } = await migrate(ours.client, "engine");
    expect(files).toBe(0);
    expect(restored.length).toBeGreaterThan(0);
    expect(await listBodies(ours.client)).toEqual(bodies);
  }, 120_000);

  test("its schema in the place of ours is refused and unchanged", async () => {
    await migrate(ours.client, "engine");
    await ours.client.query("drop schema absurd cascade");
    await absurdctl(ours.database.url, "init");
    const bodies = await listBodies(ours.client);
    await expect(migrate(ours.client, "engine")).rejects.toMatchObject({
      name: "ForeignSchemaError",
    });
    expect(await listBodies(ours.client)).toEqual(bodies);
  }, 120_000);
});
