/**
 * Every command of the original's absurdctl prints the same on our schema as on its own; only with ABSURD_LONG.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { migrate } from "@/lib/db/migrate";
import { createTestDatabase } from "@/testing/database";
import { absurdctl, installPackages } from "./packages";

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Runs the session on a database; returns its output, with ids numbered in order of appearance. */
async function runSession(schema: "ours" | "original"): Promise<string[]> {
  const database = await createTestDatabase({ empty: true });
  const client = await database.pool.connect();
  const setClock = (instant: string) =>
    client.query(
      `do $$ begin execute format('alter database %I set absurd.fake_now = %L', current_database(), '${instant}'); end $$`,
    );
  const printed: string[] = [];
  const ctl = async (command: string, ...args: string[]) => {
    const output = await absurdctl(database.url, command, ...args).catch(
      ({ exitCode, all }) => `exit code ${exitCode}\n${all}`,
    );
    printed.push(`$ ${[command, ...args].join(" ")}\n${output}`);
    return output.match(UUID)?.[0] ?? "";
  };
  const onQueue = (sql: string) => client.query(sql);
  try {
    await setClock("2026-03-02 12:00+00");
    if (schema === "original") await absurdctl(database.url, "init");
    else await migrate(client, "engine");
    await ctl("schema-version");
    await ctl("migrate");
    await ctl("create-queue", "default");
    await ctl("create-queue", "weekly", "--storage-mode", "partitioned");
    await ctl("create-queue", "weekly");
    await ctl("create-queue", "x".repeat(58));
    await ctl("list-queues");
    await ctl("queue-policy", "weekly");
    await ctl("queue-policy", "weekly", "--cleanup-ttl", "7 days", "--detach-mode", "empty");
    await ctl("queue-policy", "default", "--default-partition", "disabled");

    let minute = 10;
    for (const queue of ["default", "weekly"]) {
      const q = `--queue=${queue}`;
      // At the same instant, tasks would be listed by the random part of their ids on PostgreSQL 17 and older.
      const spawn = async (...args: string[]) => {
        minute += 1;
        await setClock(`2026-03-02 12:${minute}+00`);
        await client.query(`set absurd.fake_now = '2026-03-02 12:${minute}+00'`);
        return ctl("spawn-task", "job", q, ...args);
      };
      const failing = await spawn("-P", "user.name=Ada", "-P", "n:=42", "--max-attempts=1");
      await spawn("--retry-kind=fixed", "--retry-base=100000");
      await onQueue(
        `select absurd.fail_run('${queue}', c.run_id, '{"name":"Error","message":"no"}')
         from absurd.claim_task('${queue}', 'w', 60, 1) c`,
      );
      await ctl("list-tasks", q, "--status=failed");
      await ctl("dump-task", `--task-id=${failing}`);
      await ctl("retry-task", q, failing);
      await ctl("cancel-task", q, failing);
      await ctl("retry-task", q, failing);
      const waiting = await spawn("--retry-kind=exponential", "--max-delay=60", "-H", "trace=t");
      await onQueue(
        `select absurd.set_task_checkpoint_state('${queue}', c.task_id, 'step', '{"a":1}', c.run_id),
           absurd.await_event('${queue}', c.task_id, c.run_id, '$awaitEvent:paid', 'paid', 3600)
         from absurd.claim_task('${queue}', 'w', 60, 1) c`,
      );
      await ctl("dump-task", `--task-id=${waiting}`);
      await ctl("emit-event", q, "paid", "-P", "amount:=5");
      await ctl("emit-event", q, "paid", "-P", "amount:=6");
      await ctl("dump-task", `--task-id=${waiting}`);
      await onQueue(
        `select absurd.complete_run('${queue}', c.run_id, '"done"') from absurd.claim_task('${queue}', 'w') c`,
      );
      await ctl("dump-task", `--task-id=${waiting}`);
      await ctl("list-tasks", q);
      await ctl("cleanup", "--dry-run", queue, "0");
    }

    await setClock("2026-06-01 12:00+00");
    await ctl("list-detach-candidates", "--show-sql");
    await ctl("detach-candidate", "--queue=weekly", "t_weekly_610", "--drop");
    await ctl("list-detach-candidates");
    await ctl("cleanup", "default", "30");
    await ctl("cleanup", "weekly", "30");
    await ctl("list-tasks");
    await ctl("cron", "--enable");
    await ctl("cron", "--disable");
    await ctl("drop-queue", "--yes", "weekly");
    await ctl("drop-queue", "--yes", "default");
    await ctl("list-queues");
    return numberIds(printed);
  } finally {
    client.release();
    await database.drop();
  }
}

function numberIds(printed: string[]): string[] {
  const ids = new Map<string, string>();
  return printed.map((text) =>
    // The position in a function at which an error was raised is not part of the contract.
    text.replace(/\nCONTEXT:[\s\S]*$/, "").replace(UUID, (id) => {
      const name = ids.get(id) ?? `id-${ids.size + 1}`;
      ids.set(id, name);
      return name;
    }),
  );
}

describe.runIf(process.env.ABSURD_LONG === "1")("absurdctl 0.5.1", () => {
  beforeAll(installPackages, 300_000);

  test("prints the same on our schema as on its own", async () => {
    const [ours, original] = await Promise.all([runSession("ours"), runSession("original")]);
    expect(ours.length).toBeGreaterThan(50);
    expect(ours).toEqual(original);
  }, 180_000);
});
