import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Page, test as plain } from "@playwright/test";
import getPort from "get-port";
import { Client, Pool } from "pg";
import { migrate } from "../lib/db/migrate";
import { expect, test } from "./support/fixtures";

const TASKS = process.env.ABSURD_LONG ? 20_000 : 500;
const dialog = (page: Page) => page.getByRole("dialog");

/** The built server in its own process group, so that a crash leaves it no time to clean up. */
async function startServer(databaseUrl: string, port: number): Promise<ChildProcess> {
  const server = spawn(process.execPath, ["--import", "tsx", "server/main.ts", "serve"], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      DASHBOARD_OPERATOR: "grace",
      PORT: String(port),
    },
    detached: true,
    stdio: "ignore",
  });
  await expect
    .poll(
      () =>
        fetch(`http://127.0.0.1:${port}/api/health`).then(
          (r) => r.status,
          () => 0,
        ),
      {
        timeout: 60_000,
      },
    )
    .toBe(200);
  return server;
}

async function crash(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  process.kill(-server.pid, "SIGKILL");
  await once(server, "exit");
}

async function createDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `bulk_${randomUUID().replaceAll("-", "")}`;
  const maintain = async (statement: string) => {
    const client = new Client({ connectionString: process.env.E2E_SERVER_URL });
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  await maintain(`create database ${name}`);
  const url = new URL(process.env.E2E_SERVER_URL ?? "");
  url.pathname = `/${name}`;
  const client = new Client({ connectionString: url.href });
  await client.connect();
  await migrate(client, "engine");
  await migrate(client, "dashboard");
  await client.end();
  return { url: url.href, drop: () => maintain(`drop database ${name} with (force)`) };
}

plain(
  `I cancel and retry ${TASKS} tasks; the server is killed and restarted, and each task is changed once`,
  async ({ browser }) => {
    plain.setTimeout(process.env.ABSURD_LONG ? 1_800_000 : 180_000);
    const database = await createDatabase();
    const pool = new Pool({ connectionString: database.url });
    pool.on("connect", (client) => client.on("error", () => {}));
    const number = async (statement: string) =>
      Number(Object.values((await pool.query(statement)).rows[0])[0]);
    await pool.query("select absurd.create_queue('orders')");
    for (const name of ["flood", "charge"])
      await pool.query(
        `select absurd.spawn_task('orders', '${name}', 'null', '{"max_attempts": 1}')
           from generate_series(1, ${TASKS})`,
      );
    await pool.query(`
      update absurd.r_orders r set state = 'failed', failed_at = now()
        from absurd.t_orders t where t.task_id = r.task_id and t.task_name = 'charge';
      update absurd.t_orders set state = 'failed' where task_name = 'charge'`);

    const port = await getPort({ host: "127.0.0.1" });
    const origin = `http://127.0.0.1:${port}`;
    let server = await startServer(database.url, port);
    const page = await browser.newPage();
    try {
      for (const { label, verb, done } of [
        { label: "Cancel", verb: "cancel", done: "cancelled" },
        { label: "Retry", verb: "retry", done: "retried" },
      ]) {
        await page.goto(`${origin}/queues/orders`);
        await page.getByRole("button", { name: "Bulk", exact: true }).click();
        await dialog(page).getByRole("radio", { name: label, exact: true }).check();
        await expect(dialog(page)).toContainText(`will be ${done}`);
        const confirm = dialog(page).getByRole("button", { name: new RegExp(`^${label} `) });
        await expect(confirm).toBeDisabled();
        await dialog(page)
          .getByLabel(/to confirm/)
          .fill(`${verb} ${TASKS}`);
        await dialog(page)
          .getByLabel("Rate")
          .selectOption(process.env.ABSURD_LONG ? "" : "50");
        await confirm.click();
        await page.getByRole("link", { name: "View progress" }).click();

        const settled = `select coalesce(max(done + skipped + failed), 0)
          from absurd_dashboard.bulk_job where action = '${verb}'`;
        for (const part of [0.2, 0.5]) {
          await expect
            .poll(() => number(settled), { timeout: 300_000, intervals: [20] })
            .toBeGreaterThan(TASKS * part);
          await crash(server);
          expect(await number(settled)).toBeLessThan(TASKS);
          server = await startServer(database.url, port);
        }
        await expect
          .poll(() => number(settled), { timeout: 900_000, intervals: [200] })
          .toBe(TASKS);
        await page.reload();
        await expect(page.getByText("done", { exact: true }).first()).toBeVisible();
        await expect(page.getByRole("heading", { level: 1 })).toContainText(
          TASKS.toLocaleString("en-US"),
        );
      }

      expect(await number("select count(*) from absurd.t_orders where state = 'cancelled'")).toBe(
        TASKS,
      );
      // Retrying a task twice would have made a third attempt.
      expect(await number("select count(*) from absurd.r_orders")).toBe(TASKS * 3);
      expect(await number("select count(*) from absurd.t_orders where attempts = 2")).toBe(TASKS);
      const record = "from absurd_dashboard.audit_entry where task_id is not null";
      expect(await number(`select count(*) ${record}`)).toBe(TASKS * 2);
      expect(await number(`select count(distinct task_id) ${record}`)).toBe(TASKS * 2);
      expect(await number(`select count(*) ${record} and operator <> 'grace'`)).toBe(0);
    } finally {
      await page.close();
      await crash(server);
      await pool.end();
      await database.drop();
    }
  },
);

test("I abort a slow cancellation, and the remaining tasks are unchanged", async ({
  page,
  work,
}) => {
  await work.pool.query(
    "select absurd.spawn_task($1, 'idle', 'null') from generate_series(1, 400)",
    [work.queue],
  );
  await page.goto(`/queues/${work.queue}`);
  await page.getByRole("button", { name: "Bulk", exact: true }).click();
  await dialog(page).getByRole("radio", { name: "Cancel", exact: true }).check();
  await expect(dialog(page)).toContainText("400 will be cancelled");
  await dialog(page).getByLabel("Rate").selectOption("10");
  await dialog(page)
    .getByLabel(/Reason/)
    .fill("wrong deployment");
  await dialog(page)
    .getByLabel(/to confirm/)
    .fill("cancel 400");
  await dialog(page).getByRole("button", { name: "Cancel 400" }).click();
  await page.getByRole("link", { name: "View progress" }).click();
  await page.getByRole("button", { name: "Abort" }).click();
  await dialog(page).getByRole("button", { name: "Abort" }).click();
  await expect(page.getByText("Aborted by e2e.")).toBeVisible();
  const { rows } = await work.pool.query(
    `select count(*) filter (where state = 'pending')::int as pending from absurd."t_${work.queue}"`,
  );
  expect(rows[0].pending).toBeGreaterThan(0);
  await page.getByRole("link", { name: "Audit log" }).click();
  await expect(page.getByRole("row", { name: /abort bulk/ })).toContainText("succeeded");
  // The entry of the start may be pages away, because every task has an entry too.
  await page.goto(`${page.url()}&action=start%20bulk`);
  await expect(page.getByRole("row", { name: /start bulk/ })).toContainText("wrong deployment");
});
