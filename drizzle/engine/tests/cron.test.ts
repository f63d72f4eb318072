import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type Engine, provideEngine } from "./engine";

const md5 = (text: string) => createHash("md5").update(text).digest("hex");

/** The objects of pg_cron that the engine uses. */
async function installCron(e: Engine, unschedule: "bigint" | "text" = "bigint") {
  await e.rows("create schema cron");
  await e.rows(`create table cron.job (
    jobid bigserial primary key, schedule text not null, command text not null, jobname text unique
  )`);
  await e.rows(`create function cron.schedule(job_name text, schedule text, command text) returns bigint
    language sql as 'insert into cron.job (jobname, schedule, command) values ($1, $2, $3) returning jobid'`);
  await e.rows(`create function cron.unschedule(job ${unschedule}) returns boolean language sql
    as 'delete from cron.job where ${unschedule === "bigint" ? "jobid" : "jobname"} = $1 returning true'`);
}

const jobs = (e: Engine) =>
  e.rows("select jobname, schedule, command from cron.job order by jobname");

describe("without pg_cron", () => {
  const engine = provideEngine();

  test("each function names the missing object, checked in this order", async () => {
    const e = engine();
    const missing = (what: string) => `pg_cron is not available (missing cron.${what})`;
    const all = ["schedule_detach_jobs", "enable_cron", "disable_cron"];
    for (const name of all) await e.refused(() => e.call(name), "P0001", missing("job"));
    await e.rows("create schema cron");
    await e.rows("create table cron.job (jobid bigint, jobname text)");
    await e.refused(() => e.call("enable_cron"), "P0001", missing("schedule"));
    await e.refused(() => e.call("schedule_detach_jobs"), "P0001", missing("schedule"));
    await e.refused(() => e.call("disable_cron"), "P0001", missing("unschedule"));
    await e.rows(
      "create function cron.schedule(text, text, text) returns bigint language sql as 'select 1::bigint'",
    );
    await e.refused(() => e.call("enable_cron"), "P0001", missing("unschedule"));
    await e.refused(() => e.call("schedule_detach_jobs"), "P0001", missing("unschedule"));
    // pg_cron is incomplete, so the queue is dropped without it.
    await e.call("drop_queue", "q");
  });

  test("names and schedules are validated first", async () => {
    const e = engine();
    for (const name of ["schedule_detach_jobs", "enable_cron", "disable_cron"])
      await e.refused(() => e.call(name, ""), "P0001", "Queue name must be provided");
    await e.refused(
      () => e.on("enable_cron", " ", null, ""),
      "P0001",
      "Partition schedule must be provided",
    );
    await e.refused(
      () => e.on("enable_cron", "* * * * *", null, ""),
      "P0001",
      "Cleanup schedule must be provided",
    );
    await e.refused(
      () => e.on("enable_cron", "* * * * *", "* * * * *", ""),
      "P0001",
      "Detach schedule must be provided",
    );
  });
});

describe.each(["bigint", "text"] as const)("with pg_cron, unscheduling by %s", (unschedule) => {
  const engine = provideEngine("partitioned", "it's");

  test("enable_cron schedules three jobs, for all queues or for one, and replaces them", async () => {
    const e = engine();
    await installCron(e, unschedule);
    const suffix = md5("it's").slice(0, 12);
    expect((await e.call("enable_cron")).map((row) => row.job_name)).toEqual([
      "absurd_partitions_all",
      "absurd_cleanup_all",
      "absurd_detach_plan_all",
    ]);
    const first = await e.on("enable_cron");
    const second = await e.on("enable_cron", "1 * * * *", "2 * * * *", "3 * * * *");
    expect(second.map((row) => row.job_name)).toEqual(first.map((row) => row.job_name));
    expect(await jobs(e)).toEqual([
      {
        jobname: `absurd_cleanup_${suffix}`,
        schedule: "2 * * * *",
        command: "select * from absurd.cleanup_all_queues('it''s');",
      },
      {
        jobname: "absurd_cleanup_all",
        schedule: "17 * * * *",
        command: "select * from absurd.cleanup_all_queues(null::text);",
      },
      {
        jobname: `absurd_detach_plan_${suffix}`,
        schedule: "3 * * * *",
        command: "select * from absurd.schedule_detach_jobs('it''s');",
      },
      {
        jobname: "absurd_detach_plan_all",
        schedule: "29 * * * *",
        command: "select * from absurd.schedule_detach_jobs(null::text);",
      },
      {
        jobname: `absurd_partitions_${suffix}`,
        schedule: "1 * * * *",
        command: "select absurd.ensure_partitions('it''s');",
      },
      {
        jobname: "absurd_partitions_all",
        schedule: "5 * * * *",
        command: "select absurd.ensure_partitions(null::text);",
      },
    ]);
    for (const { command } of await jobs(e)) if (command) await e.rows(command);

    const disabled = await e.on("disable_cron");
    expect(disabled.map((row) => row.job_name)).toEqual(first.map((row) => row.job_name).sort());
    expect(disabled.map((row) => row.job_id).sort()).toEqual(
      second.map((row) => row.job_id).sort(),
    );
    expect(await jobs(e)).toHaveLength(3);
    expect(await e.on("disable_cron")).toEqual([]);
    await e.on("enable_cron");
    await e.call("drop_queue", "it's");
    expect(await jobs(e)).toHaveLength(3);
  });

  test("old empty partitions are detached one by one, then dropped, and the jobs with them", async () => {
    const e = engine();
    await installCron(e, unschedule);
    expect(await e.call("list_detach_candidates")).toEqual([]);
    await e.on("set_queue_policy", { detach_mode: "empty", detach_min_age: "1 day" });
    expect(await e.call("list_detach_candidates")).toEqual([]);
    await e.clock(15 * 86400);
    const candidate = (prefix: string, week: string) => ({
      queue_name: "it's",
      parent_table: `${prefix}_it's`,
      partition_table: `${prefix}_it's_${week}`,
    });
    expect(await e.on("list_detach_candidates")).toEqual(
      ["t", "r", "c", "w"].flatMap((prefix) => [
        candidate(prefix, "609"),
        candidate(prefix, "610"),
        candidate(prefix, "611"),
      ]),
    );
    await e.rows(
      "insert into absurd.\"c_it's\" (task_id, checkpoint_name) values (absurd.uuidv7_floor('2026-03-01'), 's')",
    );

    const planned = await e.on("schedule_detach_jobs");
    expect(planned.map((row) => [row.partition_table, row.job_kind])).toEqual(
      ["c_it's_610", "r_it's_609", "t_it's_609", "w_it's_609"].flatMap((table) => [
        [table, "detach"],
        [table, "drop"],
      ]),
    );
    const suffix = [
      md5("it's").slice(0, 12),
      md5("t_it's").slice(0, 8),
      md5("t_it's:t_it's_609").slice(0, 12),
    ].join("_");
    const [detach, drop] = planned.filter((row) => row.partition_table === "t_it's_609");
    expect(detach).toMatchObject({ job_name: `absurd_detach_run_${suffix}`, queue_name: "it's" });
    expect(drop).toMatchObject({ job_name: `absurd_drop_run_${suffix}` });
    const job = async (name: string | null | undefined) =>
      (await jobs(e)).find((row) => row.jobname === name);
    expect(await job(detach?.job_name)).toMatchObject({
      schedule: "* * * * *",
      command: `alter table absurd."t_it's" detach partition absurd."t_it's_609"`,
    });
    expect(await job(drop?.job_name)).toMatchObject({
      schedule: "* * * * *",
      command: `select absurd.drop_detached_partition('t_it''s_609', 'absurd_drop_run_${suffix}');`,
    });
    expect(await e.on("schedule_detach_jobs")).toEqual([]);

    const run = async (name: string | null | undefined) =>
      e.rows(String((await job(name))?.command));
    expect(await run(drop?.job_name)).toEqual([{ drop_detached_partition: "f" }]);
    await run(detach?.job_name);
    expect(await run(drop?.job_name)).toEqual([{ drop_detached_partition: "t" }]);
    expect(await jobs(e)).toHaveLength(6);
    expect(await e.rows("select from pg_class where relname = 't_it''s_609'")).toEqual([]);
    expect((await e.on("schedule_detach_jobs")).map((row) => row.partition_table)).toEqual([
      "t_it's_610",
      "t_it's_610",
    ]);
    expect((await e.on("disable_cron")).map((row) => row.job_name)).toHaveLength(8);
  });

  test("without a default partition the detach is concurrent; scope 'all' plans for every queue", async () => {
    const e = engine();
    await installCron(e, unschedule);
    await e.on("set_queue_policy", { detach_mode: "empty", default_partition: "disabled" });
    await e.clock(60 * 86400);
    const planned = await e.call("schedule_detach_jobs");
    expect(planned).toHaveLength(8);
    expect(planned[0]?.job_name).toMatch(/^absurd_detach_run_all_[0-9a-f]{8}_[0-9a-f]{12}$/);
    expect((await jobs(e)).map((row) => row.command)).toContain(
      `alter table absurd."c_it's" detach partition absurd."c_it's_609" concurrently`,
    );
    expect(await e.call("disable_cron")).toHaveLength(8);
  });

  test("dropping a missing partition unschedules its jobs", async () => {
    const e = engine();
    for (const table of [null, "", "  "])
      await e.refused(
        () => e.call("drop_detached_partition", table),
        "P0001",
        "partition table must be provided",
      );
    expect(await e.call("drop_detached_partition", "gone", "absurd_drop_run_x")).toEqual([
      { drop_detached_partition: "f" },
    ]);
    await installCron(e, unschedule);
    await e.rows(
      "select cron.schedule('absurd_detach_run_x', 's', 'c'), cron.schedule('absurd_drop_run_x', 's', 'c')",
    );
    await e.rows("select cron.schedule('other', 's', 'c')");
    await e.call("drop_detached_partition", " gone ", "absurd_drop_run_x");
    expect((await jobs(e)).map((row) => row.jobname)).toEqual(["other"]);
    await e.rows("create table absurd.loose ()");
    expect(await e.call("drop_detached_partition", " loose ", "other")).toEqual([
      { drop_detached_partition: "t" },
    ]);
    expect(await jobs(e)).toEqual([]);
  });
});
