import { Client } from "pg";
import { afterEach, beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { getHealth } from "@/lib/analytics/health";
import { listQueues } from "@/lib/analytics/queues";
import { forgetEnvironment } from "@/lib/db/env";
import { closePools, getReadPool, getWritePool } from "@/lib/db/pools";
import { inSnapshot } from "@/lib/db/snapshot";
import { translateReadError } from "@/lib/model/sqlstate";
import { openTestDatabase } from "@/testing/dashboard-database";
import { startTcpProxy, type TcpProxy } from "@/testing/installed/tcp-proxy";
import { parseConnectionString } from "./connection-string";
import { DatabasePool } from "./pool";

const database = openTestDatabase();
beforeAll(async () => {
  await createQueue(database.pool, "work");
  await database.pool.query("select absurd.spawn_task('work', 'nap', '{}')");
});

let proxy: TcpProxy | undefined;
afterEach(async () => {
  await use({});
  await proxy?.close();
  proxy = undefined;
});

/** Uses these settings from now on. */
async function use(settings: Record<string, string>): Promise<void> {
  await closePools();
  const known = { DATABASE_URL: database.url, DATABASE_READ_CONNECTIONS: "", PGPASSWORD: "" };
  Object.assign(process.env, known, settings);
  forgetEnvironment();
}

const to = (change: (url: URL) => void) => {
  const url = new URL(database.url);
  change(url);
  return url.href;
};

const throughProxy = async () => {
  proxy = await startTcpProxy(Number(new URL(database.url).port));
  const { port } = proxy;
  await use({
    DATABASE_URL: to((url) => {
      url.port = String(port);
    }),
  });
  return proxy;
};

const elapsed = async (work: () => Promise<unknown>) => {
  const started = performance.now();
  await work();
  return performance.now() - started;
};

test("the settings of the server, the role and the URL change neither values nor limits", async () => {
  const name = new URL(database.url).pathname.slice(1);
  await database.pool.query(`
    alter database ${name} set timezone = 'Asia/Kolkata';
    alter database ${name} set datestyle = 'SQL, DMY';
    alter database ${name} set intervalstyle = 'iso_8601';
    alter database ${name} set statement_timeout = 0;
    alter database ${name} set lock_timeout = 0;`);
  await use({ DATABASE_URL: `${database.url}?options=-c%20search_path%3Dpublic%20-c%20jit%3Don` });
  const { now, queues } = await listQueues();
  for (const at of [now, queues[0]?.createdAt, queues[0]?.oldestReadyAt])
    expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(Math.abs(Date.parse(now) - Date.now())).toBeLessThan(10_000);
  const show = (setting: string) => `select current_setting('${setting}') as value`;
  const settings = {
    statement_timeout: "5s",
    lock_timeout: "1s",
    search_path: "public",
    jit: "off",
  };
  for (const [setting, value] of Object.entries(settings))
    expect((await getReadPool().query(show(setting))).rows).toEqual([{ value }]);
  expect((await getWritePool().query(show("statement_timeout"))).rows).toEqual([{ value: "15s" }]);
  await expect(getReadPool().query("create table public.x ()")).rejects.toMatchObject({
    code: "25006",
  });
  for (const setting of [
    "timezone",
    "datestyle",
    "intervalstyle",
    "statement_timeout",
    "lock_timeout",
  ])
    await database.pool.query(`alter database ${name} reset ${setting}`);
});

test("connections that were cut silently are replaced together", async () => {
  const { freeze } = await throughProxy();
  await Promise.all(
    Array.from({ length: 5 }, () => inSnapshot((db) => db.execute("select pg_sleep(0.2)"))),
  );
  expect(getReadPool().totalCount).toBe(5);
  // Longer than a connection is trusted without a ping.
  await new Promise((resolve) => setTimeout(resolve, 600));
  freeze();
  expect(await elapsed(() => listQueues())).toBeLessThan(4_000);
  expect(await elapsed(() => listQueues())).toBeLessThan(1_500);
});

test("a database that goes silent is reported within the limits, and used again once it is back", async () => {
  const { freezeAll, thaw } = await throughProxy();
  await listQueues();
  freezeAll();
  const health = elapsed(async () =>
    expect(await getHealth()).toMatchObject({ status: "database_unavailable" }),
  );
  const reads = await Promise.all(
    Array.from({ length: 8 }, () =>
      elapsed(() => expect(listQueues()).rejects.toMatchObject({ code: "database_unavailable" })),
    ),
  );
  expect(await health).toBeLessThan(5_000);
  expect(Math.max(...reads)).toBeLessThan(12_000);
  thaw();
  await closePools();
  expect((await listQueues()).queues).toHaveLength(1);
});

test("callers queue for a connection, and a pool that stays busy reports that", async () => {
  const open = (waitMs: number) =>
    new DatabasePool(parseConnectionString(database.url), {
      ...{ applicationName: "absurd-dashboard test", max: 2, waitMs, mostLagMs: 0 },
      ...{ statementTimeout: 20_000, lockTimeout: 1_000, readOnly: true },
    });
  const patient = open(20_000);
  await Promise.all(Array.from({ length: 10 }, () => patient.query("select pg_sleep(0.1)")));
  expect(patient.totalCount).toBe(2);
  await patient.end();

  const hasty = open(1_000);
  await Promise.all([hasty.query("select 1"), hasty.query("select 1")]);
  const busy = [1, 2].map(() => hasty.query("select pg_sleep(4)"));
  const late = await hasty.query("select 1").catch(translateReadError);
  expect(late).toMatchObject({ code: "busy", message: expect.stringContaining("in use") });
  await Promise.all(busy);
  await hasty.end();
});

test("a response that arrived while this process was blocked is not taken for silence", async () => {
  const pool = new DatabasePool(parseConnectionString(database.url), {
    ...{ applicationName: "absurd-dashboard test", max: 1, waitMs: 20_000, mostLagMs: 0 },
    ...{ statementTimeout: 2_000, lockTimeout: 1_000, readOnly: true },
  });
  await pool.query("select 1");
  const answer = pool.query("select pg_sleep(0.2)::text, 1 as one");
  // The statement has been sent before the process is blocked, and timers run next, before sockets are read.
  await new Promise((resolve) => setTimeout(resolve, 50));
  await new Promise((resolve) => setImmediate(resolve));
  for (const until = performance.now() + 4_000; performance.now() < until; );
  expect((await answer).rows).toMatchObject([{ one: 1 }]);
  await pool.end();
});

test("a role that may hold three connections serves fifty readers and a writer", async () => {
  await database.pool.query(`
    create role narrow login password 'narrow' connection limit 3;
    grant usage on schema absurd to narrow;
    grant select on all tables in schema absurd to narrow`);
  await use({
    DATABASE_URL: to((url) => {
      url.username = "narrow";
      url.password = "narrow";
    }),
  });
  const reads = Promise.all(Array.from({ length: 50 }, () => listQueues()));
  const write = getWritePool().query("select 1 as one");
  expect((await reads).every(({ queues }) => queues.length === 1)).toBe(true);
  expect((await write).rows).toEqual([{ one: 1 }]);
});

test("the first usable one of several servers is used", async () => {
  const { host } = new URL(database.url);
  await use({ DATABASE_URL: database.url.replace(host, `127.0.0.1:1,${host}`) });
  expect((await listQueues()).queues).toHaveLength(1);
  await use({
    DATABASE_URL: `${database.url.replace(host, `127.0.0.1:1,${host}`)}?target_session_attrs=standby`,
  });
  await expect(listQueues()).rejects.toMatchObject({ code: "database_unavailable" });
});

test.each([
  [
    (url: URL) => {
      url.port = "1";
    },
    "Nothing accepts connections",
  ],
  [
    (url: URL) => {
      url.password = "wrong";
    },
    "rejected the user or password",
  ],
  [
    (url: URL) => {
      url.password = "";
    },
    "requires a password",
  ],
  [
    (url: URL) => {
      url.pathname = "/nowhere";
    },
    "no database of the name",
  ],
  [
    (url: URL) => {
      url.hostname = "nowhere.invalid";
    },
    "unknown",
  ],
  [
    (url: URL) => {
      url.search = "?sslmode=require";
    },
    "demands TLS",
  ],
])("a connection that fails is explained: %o", async (change, message) => {
  await use({ DATABASE_URL: to(change) });
  await expect(listQueues()).rejects.toMatchObject({
    code: "database_unavailable",
    message: expect.stringContaining(message),
    hint: expect.any(String),
  });
});

test("an aborted read ends its statement without a free connection", async () => {
  await use({ DATABASE_READ_CONNECTIONS: "1" });
  const controller = new AbortController();
  const read = inSnapshot((db) => db.execute("select pg_sleep(60)"), {
    signal: controller.signal,
    statementTimeout: 60_000,
  });
  setTimeout(() => controller.abort(new Error("gone")), 300);
  expect(await elapsed(() => expect(read).rejects.toThrow("gone"))).toBeLessThan(3_000);
  const observer = new Client({ connectionString: database.url });
  await observer.connect();
  const { rows } = await observer.query(
    "select from pg_stat_activity where query like '%pg_sleep(60)%' and state = 'active' and pid <> pg_backend_pid()",
  );
  await observer.end();
  expect(rows).toEqual([]);
});
