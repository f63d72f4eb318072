import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { readFile, realpath, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { DataDirectoryError } from "./errors";

/** `application_name` of the session that a host keeps open; a server without it has no owner. */
export const OWNER_SESSION = "absurd-dashboard host";

type Lock = { pid: number; port: number };

/**
 * Clears what an earlier run left on a data directory, so that a server can be started on it: a lock whose process has
 * exited or is now another program, or a server whose host was killed (it is shut down cleanly).
 *
 * @throws DataDirectoryError (`in-use`) if the server there has a living owner or isn't ours.
 */
export async function clearLeftOver(dataDir: string, password: string): Promise<void> {
  const lock = await getLock(dataDir);
  // PostgreSQL handles the lock of a dead process itself, and knows whether its shared memory is free.
  if (!lock || !isAlive(lock.pid)) return;
  if (!(await isOurs(lock, dataDir, password)))
    return rm(path.join(dataDir, "postmaster.pid"), { force: true });
  process.kill(lock.pid, "SIGINT");
  for (let waited = 0; waited < 30_000; waited += 100) {
    if (!isAlive(lock.pid)) return;
    await pause(100);
  }
  throw inUse(lock, dataDir, "does not stop");
}

/** Process and port of the server that holds a data directory, as written by PostgreSQL. */
export async function getLock(dataDir: string): Promise<Lock | undefined> {
  const text = await readFile(path.join(dataDir, "postmaster.pid"), "utf8").catch(() => "");
  const lines = text.split("\n");
  const lock = { pid: Math.abs(Number(lines[0])), port: Number(lines[3]) };
  return lock.pid > 0 ? lock : undefined;
}

/** Whether a process exists and is not a zombie. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true;
  }
}

/** True for a server on this data directory that lost its owner, false for a process that isn't such a server. */
async function isOurs(lock: Lock, dataDir: string, password: string): Promise<boolean> {
  // The process id may have been reused by another program, especially in containers.
  if (!isPostgres(lock.pid)) return false;
  const client = await connect(lock, dataDir, password);
  try {
    const { rows } = await client.query("show data_directory");
    if ((await realpath(rows[0].data_directory)) !== (await realpath(dataDir))) return false;
    await refuseOwned(client, lock, dataDir);
    return true;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Connects to a server that may be starting or stopping. */
async function connect(lock: Lock, dataDir: string, password: string): Promise<Client> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const client = new Client({
      host: "127.0.0.1",
      port: lock.port,
      user: "postgres",
      database: "postgres",
      password,
      connectionTimeoutMillis: 3_000,
    });
    client.on("error", () => {});
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => {});
      if ((error as { code?: string }).code === "28P01")
        throw inUse(lock, dataDir, "was not started by this program");
      if (Date.now() > deadline) throw inUse(lock, dataDir, "does not answer");
      await pause(200);
    }
  }
}

async function refuseOwned(client: Client, lock: Lock, dataDir: string): Promise<void> {
  // A starting host connects a moment after its server, so this is checked more than once.
  for (let look = 0; look < 4; look++) {
    const { rows } = await client.query(
      "select application_name as name from pg_stat_activity where application_name like $1 || ' %'",
      [OWNER_SESSION],
    );
    if (rows[0]) throw inUse(lock, dataDir, `belongs to process ${rows[0].name.split(" ").at(-1)}`);
    await pause(400);
  }
}

function isPostgres(pid: number): boolean {
  try {
    const name = existsSync("/proc/self/comm")
      ? readFileSync(`/proc/${pid}/comm`, "utf8")
      : execFileSync("ps", ["-p", String(pid), "-o", "comm="], { encoding: "utf8" });
    return path.basename(name.trim()) === "postgres";
  } catch {
    return false;
  }
}

function inUse(lock: Lock, dataDir: string, why: string): DataDirectoryError {
  return new DataDirectoryError(
    "in-use",
    `${path.dirname(dataDir)} is in use: the PostgreSQL server on it (process ${lock.pid}, port ${lock.port}) ${why}.`,
  );
}
