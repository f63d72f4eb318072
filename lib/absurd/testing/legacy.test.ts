import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { downgradeEngine, LEGACY_GENERATIONS, type LegacyGeneration } from "./legacy.ts";

/** The release that introduced a function. Functions that are not listed exist in all releases. */
const SINCE: Record<LegacyGeneration | "0.5.0", string[]> = {
  "0.0.5": ["cancel_task", "extend_claim"],
  "0.0.6": [],
  "0.1.0": ["validate_queue_name"],
  "0.2.0": ["get_schema_version", "retry_task"],
  "0.3.0": ["get_task_result"],
  "0.4.0": [
    ...["get_queue_policy", "set_queue_policy", "cleanup_all_queues", "ensure_partitions"],
    ...["uuidv7_timestamp", "uuidv7_floor", "week_bucket_utc", "partition_week_tag"],
    ...["list_detach_candidates", "drop_detached_partition", "schedule_detach_jobs"],
    ...["enable_cron", "disable_cron"],
  ],
  "0.5.0": ["retry_delay_seconds"],
};
const ALWAYS = [
  ...["current_time", "portable_uuidv7", "ensure_queue_tables", "create_queue", "drop_queue"],
  ...["list_queues", "spawn_task", "claim_task", "complete_run", "schedule_run", "fail_run"],
  ...["set_task_checkpoint_state", "get_task_checkpoint_state", "get_task_checkpoint_states"],
  ...["await_event", "emit_event", "cleanup_tasks", "cleanup_events"],
];
const isAtLeast = (generation: string, release: string) =>
  generation.localeCompare(release, "en", { numeric: true }) >= 0;

describe.each(LEGACY_GENERATIONS)("schema %s", (generation) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    await downgradeEngine(database.pool, generation);
    await database.pool.query("select absurd.create_queue('q')");
  });
  afterAll(() => database.drop());

  const list = async (query: string) =>
    (await database.pool.query(query)).rows.map((row) => row.name);

  test("has exactly the functions of that release", async () => {
    const expected = [
      ...ALWAYS,
      ...Object.entries(SINCE).flatMap(([release, names]) =>
        isAtLeast(generation, release) ? names : [],
      ),
    ];
    const found = await list(
      "select distinct proname as name from pg_proc where pronamespace = 'absurd'::regnamespace",
    );
    expect(found.sort()).toEqual(expected.sort());
  });

  test("reports its version and whether a spawn created the task, if that release did", async () => {
    if (isAtLeast(generation, "0.2.0"))
      expect(await list("select absurd.get_schema_version() as name")).toEqual([generation]);
    const { fields } = await database.pool.query(
      "select * from absurd.spawn_task('q', 'task', null)",
    );
    expect(fields.some((field) => field.name === "created")).toBe(isAtLeast(generation, "0.0.6"));
  });

  test("has the columns and indexes of that release", async () => {
    const columns = (table: string) =>
      list(`select attname as name from pg_attribute
             where attrelid = 'absurd.${table}'::regclass and attnum > 0 and not attisdropped`);
    expect(await columns("queues")).toHaveLength(isAtLeast(generation, "0.4.0") ? 10 : 2);
    expect(await columns("t_q")).toHaveLength(isAtLeast(generation, "0.0.6") ? 15 : 14);
    expect(await columns("r_q")).toHaveLength(15);
    const indexes = await list(
      "select indexname as name from pg_indexes where schemaname='absurd'",
    );
    for (const index of ["r_q_cei", "e_q_eai", "w_q_ti"])
      expect(indexes.includes(index)).toBe(isAtLeast(generation, "0.1.0"));
    expect(indexes).toContain("w_q_eni");
  });
});
