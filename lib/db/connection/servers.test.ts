/** Connections to dedicated servers: with TLS, stopped halfway, and behind a pooler. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { sql } from "drizzle-orm";
import { execa } from "execa";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type EmbeddedServer, startEmbeddedPostgres } from "@/demo/postgres/embedded";
import { createQueue } from "@/lib/absurd/queues/queues";
import { getHealth } from "@/lib/analytics/health";
import { listQueues } from "@/lib/analytics/queues";
import { forgetEnvironment } from "@/lib/db/env";
import { migrate } from "@/lib/db/migrate";
import { closePools, getWritePool } from "@/lib/db/pools";
import { inSnapshot, keepPlans } from "@/lib/db/snapshot";
import { examine } from "@/lib/doctor/examine";
import { startPgBouncer } from "@/testing/installed/pgbouncer";

const CERTIFICATES = path.join(import.meta.dirname, "../../../testing/certificates");
const AUTHORITY = path.join(CERTIFICATES, "test-authority.crt");
const OTHER = path.join(CERTIFICATES, "other-authority.crt");

let directory: string;
let server: EmbeddedServer;
let admin: Client;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "absurd-servers-"));
  server = await startEmbeddedPostgres({ directory, settings: { fsync: "off" } });
  admin = new Client({ connectionString: server.url("postgres") });
  admin.on("error", () => {});
  await admin.connect();
  await migrate(admin, "engine");
  await createQueue(admin, "work");
  await install("server.crt");
  await install("server.key");
  await admin.query("alter system set ssl = on");
  await admin.query("select pg_reload_conf()");
}, 120_000);
afterAll(async () => {
  await use();
  await admin.end();
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});
afterEach(() => use());

/** Writes a file into the server's data directory, readable by the server alone. */
async function install(name: string): Promise<void> {
  const lines = (await readFile(path.join(CERTIFICATES, name), "utf8")).trim().split("\n");
  const values = lines.map((line) => `('${line}')`).join(", ");
  await admin.query(
    `copy (select * from (values ${values}) as lines) to program 'cat > ${name} && chmod 600 ${name}'`,
  );
}

/** Uses this server, with these parameters, on this host and port. */
async function use(parameters = "", { host = "localhost", port = server.port } = {}) {
  await closePools();
  const url = new URL(server.url("postgres"));
  url.hostname = host;
  url.port = String(port);
  process.env.DATABASE_URL = `${url.href}${parameters && `?${parameters}`}`;
  forgetEnvironment();
}

async function isEncrypted(): Promise<boolean> {
  const { rows } = await getWritePool().query(
    "select ssl from pg_stat_ssl where pid = pg_backend_pid()",
  );
  return rows[0]?.ssl === true;
}

describe("a server that offers TLS", () => {
  test.each([
    ["", "localhost", true],
    ["sslmode=disable", "localhost", false],
    ["sslmode=allow", "localhost", false],
    ["sslmode=prefer", "localhost", true],
    ["sslmode=require", "localhost", true],
    ["ssl=true", "127.0.0.1", true],
    [`sslmode=require&sslrootcert=${AUTHORITY}`, "127.0.0.1", true],
    [`sslmode=verify-ca&sslrootcert=${AUTHORITY}`, "127.0.0.1", true],
    [`sslmode=verify-full&sslrootcert=${AUTHORITY}`, "localhost", true],
    [`sslmode=prefer&sslrootcert=${OTHER}`, "localhost", false],
  ])("?%s on %s connects", async (parameters, host, encrypted) => {
    await use(parameters, { host });
    expect(await isEncrypted()).toBe(encrypted);
    expect((await listQueues()).queues).toHaveLength(1);
  });

  test.each([
    [`sslmode=verify-full&sslrootcert=${AUTHORITY}`, "127.0.0.1", "for another host name"],
    [`sslmode=verify-ca&sslrootcert=${OTHER}`, "localhost", "not signed by a trusted authority"],
    ["sslmode=verify-full", "localhost", "not signed by a trusted authority"],
  ])("?%s on %s is refused with a hint", async (parameters, host, message) => {
    await use(parameters, { host });
    await expect(listQueues()).rejects.toMatchObject({
      code: "database_unavailable",
      message: expect.stringContaining(message),
      hint: expect.stringContaining("DATABASE_URL"),
    });
  });
});

test("a server that stops responding is reported, and used again when it continues", async () => {
  await use();
  await listQueues();
  const { rows } = await admin.query(
    "select pid from pg_stat_activity where pid <> pg_backend_pid() union select pg_backend_pid()",
  );
  const pids = rows.map(({ pid }) => Number(pid));
  const postmaster = Number(
    (await admin.query("select pg_read_file('postmaster.pid') as file")).rows[0].file.split(
      "\n",
    )[0],
  );
  const all = [postmaster, ...pids];
  const send = (signal: NodeJS.Signals) => {
    for (const pid of all)
      try {
        process.kill(pid, signal);
      } catch {
        // It has already ended.
      }
  };
  send("SIGSTOP");
  try {
    const started = performance.now();
    expect(await getHealth()).toMatchObject({ status: "database_unavailable" });
    expect(performance.now() - started).toBeLessThan(5_000);
    await expect(listQueues()).rejects.toMatchObject({ code: "database_unavailable" });
    expect(performance.now() - started).toBeLessThan(15_000);
  } finally {
    send("SIGCONT");
  }
  await expect.poll(async () => (await getHealth()).status, { timeout: 10_000 }).toBe("ok");
});

test.runIf(process.env.ABSURD_LONG)(
  "reads use a standby, and its lag is measured",
  { timeout: 120_000 },
  async () => {
    const home = path.join(directory, "with-standby");
    const folders = { primary: path.join(home, "primary"), standby: path.join(home, "standby") };
    await mkdir(home);
    let primary = await startEmbeddedPostgres({ directory: folders.primary });
    const client = new Client({ connectionString: primary.url("postgres") });
    await client.connect();
    await migrate(client, "engine");
    const data = (await client.query("show data_directory")).rows[0].data_directory;
    await client.end();
    await primary.stop();
    // Keeps the owner: the server does not run as root.
    await execa("cp", ["-a", folders.primary, folders.standby]);
    primary = await startEmbeddedPostgres({ directory: folders.primary });
    await writeFile(
      path.join(folders.standby, path.relative(folders.primary, data), "standby.signal"),
      "",
    );
    const { password } = new URL(primary.url("postgres"));
    const standby = await startEmbeddedPostgres({
      directory: folders.standby,
      settings: {
        primary_conninfo: `host=127.0.0.1 port=${primary.port} user=postgres password=${password}`,
      },
    });
    const [writer, replay] = [primary, standby].map(
      (one) => new Client({ connectionString: one.url("postgres") }),
    ) as [Client, Client];
    try {
      await Promise.all([writer.connect(), replay.connect()]);
      await createQueue(writer, "before");
      await closePools();
      process.env.DATABASE_URL = primary.url("postgres");
      process.env.DATABASE_READ_URL = standby.url("postgres");
      forgetEnvironment();
      const names = async () => (await listQueues()).queues.map(({ name }) => name);
      await expect.poll(names, { timeout: 20_000 }).toEqual(["before"]);
      expect(await getHealth()).toMatchObject({ status: "ok", replicaLagSeconds: 0 });
      const { checks } = await examine(standby.url("postgres"));
      expect(checks).toContainEqual(
        expect.objectContaining({ id: "changes", message: expect.stringContaining("a standby") }),
      );
      expect(checks).toContainEqual(expect.objectContaining({ id: "replica-lag", verdict: "ok" }));

      await replay.query("select pg_wal_replay_pause()");
      await createQueue(writer, "after");
      const lag = async () => (await getHealth()).replicaLagSeconds ?? 0;
      await expect.poll(lag, { timeout: 30_000, interval: 500 }).toBeGreaterThanOrEqual(2);
      expect(await names()).toEqual(["before"]);
      await replay.query("select pg_wal_replay_resume()");
      await expect.poll(names, { timeout: 20_000 }).toEqual(["after", "before"]);
    } finally {
      delete process.env.DATABASE_READ_URL;
      await closePools();
      await Promise.all([writer.end(), replay.end()]);
      await standby.stop();
      await primary.stop();
    }
  },
);

describe.runIf(process.env.ABSURD_LONG)("behind PgBouncer in transaction mode", () => {
  test("instants are in UTC and limits hold, without any setting of the pooler", async () => {
    const pooler = await startPgBouncer(server.url("postgres"));
    await admin.query("alter database postgres set timezone = 'Asia/Kolkata'");
    await admin.query("alter database postgres set datestyle = 'SQL, DMY'");
    try {
      const { hostname, port } = new URL(pooler.url);
      await use("", { host: hostname, port: Number(port) });
      await expect.poll(async () => (await getHealth()).status, { timeout: 10_000 }).toBe("ok");
      const { queues } = await listQueues();
      expect(queues[0]?.createdAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/);
      await admin.query("begin; lock table absurd.r_work in access exclusive mode");
      const started = performance.now();
      expect((await listQueues()).queues).toMatchObject([{ unreadable: "locked" }]);
      expect(performance.now() - started).toBeLessThan(4_000);
      await admin.query("rollback");
    } finally {
      await pooler.stop();
      await admin.query("alter database postgres reset all");
    }
  });

  test("readers keep no statements in a session that they may share", async () => {
    const pooler = await startPgBouncer(server.url("postgres"));
    try {
      const { hostname, port } = new URL(pooler.url);
      await use("", { host: hostname, port: Number(port) });
      await expect.poll(async () => (await getHealth()).status, { timeout: 10_000 }).toBe("ok");
      const read = (value: number) =>
        inSnapshot(async (db) => {
          const doubled = await keepPlans(db).execute(sql`select ${value}::int * 2 as doubled`);
          const kept = await db.execute(sql`select from pg_prepared_statements where name <> ''`);
          return [doubled.rows, kept.rowCount];
        });
      const results = await Promise.all(Array.from({ length: 40 }, (_, value) => read(value)));
      expect(results).toEqual(results.map((_, value) => [[{ doubled: value * 2 }], 0]));
    } finally {
      await pooler.stop();
    }
  });

  test("cancelled queries end in the database and leave the pooler running", async () => {
    const pooler = await startPgBouncer(server.url("postgres"));
    try {
      const { hostname, port } = new URL(pooler.url);
      await use("", { host: hostname, port: Number(port) });
      for (let turn = 0; turn < 10; turn++) {
        const caller = new AbortController();
        const read = inSnapshot(
          async (db) => {
            setTimeout(() => caller.abort(new Error("gone")), 50);
            await db.execute(sql`select pg_sleep(4)`);
          },
          { signal: caller.signal },
        );
        await expect(read).rejects.toThrow("gone");
      }
      const running = `select from pg_stat_activity where query like 'select pg_sleep(4)%' and state = 'active'`;
      await expect.poll(async () => (await admin.query(running)).rowCount).toBe(0);
      expect((await getHealth()).status).toBe("ok");
      expect((await listQueues()).queues).toMatchObject([{ name: "work" }]);
    } finally {
      await pooler.stop();
    }
  });
});
