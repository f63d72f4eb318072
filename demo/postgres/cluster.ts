import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chown, mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { DataDirectoryError } from "./errors";
import { OWNER_SESSION } from "./left-over";
import type { Place } from "./place";

/**
 * Makes sure that a cluster exists that these binaries can serve; creates it if there is nothing yet. The cluster
 * appears under its name atomically, so that an interrupted creation leaves nothing that looks like data.
 *
 * @throws DataDirectoryError if something else exists there.
 */
export async function ensureCluster(
  place: Place,
  options: { password: string; logFile: string; signal: AbortSignal; onCreate: () => void },
): Promise<void> {
  const { dataDir, binaries, user } = place;
  const major = binaries.version.split(".")[0];
  const found = await readFile(path.join(dataDir, "PG_VERSION"), "utf8").catch(() => undefined);
  if (found !== undefined && found.trim() !== major)
    throw new DataDirectoryError(
      "other-version",
      `${dataDir} was written by PostgreSQL ${found.trim()}; this program brings PostgreSQL ${major}, which can't read it.`,
    );
  if (found !== undefined) return;
  if (existsSync(dataDir) && (await readdir(dataDir)).length > 0)
    throw new DataDirectoryError(
      "not-a-cluster",
      `${dataDir} holds files, but is no PostgreSQL data directory.`,
    );

  options.onCreate();
  const partial = `${dataDir}.new-${process.pid}`;
  const secret = `${partial}.pw`;
  try {
    await mkdir(partial, { mode: 0o700 });
    await writeFile(secret, `${options.password}\n`, { mode: 0o600 });
    if (user) await Promise.all([partial, secret].map((file) => chown(file, user.uid, user.gid)));
    await initdb(place, partial, secret, options);
    // If another process was faster, its cluster is kept and ours removed.
    await rename(partial, dataDir).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    });
  } finally {
    await Promise.all([partial, secret].map((file) => rm(file, { recursive: true, force: true })));
  }
}

async function initdb(
  place: Place,
  folder: string,
  secret: string,
  options: { logFile: string; signal: AbortSignal },
): Promise<void> {
  const child = await launch(
    place,
    place.binaries.initdb,
    [
      `--pgdata=${folder}`,
      `--pwfile=${secret}`,
      "--username=postgres",
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--no-sync",
    ],
    options.logFile,
  );
  const abort = () => child.kill("SIGKILL");
  options.signal.addEventListener("abort", abort);
  const [code] = await once(child, "exit");
  options.signal.removeEventListener("abort", abort);
  if (code !== 0) throw new Error(`initdb ended with code ${code}.`);
}

/**
 * Starts the server and returns it as soon as the process exists; `untilAccepting` resolves when it accepts
 * connections.
 */
export async function startServer(
  place: Place,
  options: { port: number; settings: Record<string, string>; logFile: string },
): Promise<ChildProcess> {
  const settings = Object.entries(options.settings).flatMap(([name, value]) => [
    "-c",
    `${name}=${value}`,
  ]);
  const flags = ["-D", place.dataDir, "-p", String(options.port), ...settings];
  return launch(place, place.binaries.postgres, flags, options.logFile);
}

/** The server writes directly to the log file: a pipe through this process would break when its owner is killed. */
async function launch(
  place: Place,
  command: string,
  flags: string[],
  logFile: string,
): Promise<ChildProcess> {
  const log = await open(logFile, "a", 0o600);
  try {
    const child = spawn(command, flags, {
      cwd: "/",
      env: { ...process.env, LC_ALL: "C", LC_MESSAGES: "C" },
      stdio: ["ignore", log.fd, log.fd],
      ...(place.user && { uid: place.user.uid, gid: place.user.gid }),
    });
    await once(child, "spawn");
    return child;
  } finally {
    await log.close();
  }
}

/** Waits for the server, including crash recovery, and keeps the session open that marks it as owned. */
export async function untilAccepting(
  server: ChildProcess,
  connection: { port: number; password: string },
): Promise<Client> {
  for (;;) {
    const client = new Client({
      host: "127.0.0.1",
      user: "postgres",
      database: "postgres",
      application_name: `${OWNER_SESSION} ${process.pid}`,
      connectionTimeoutMillis: 2_000,
      ...connection,
    });
    client.on("error", () => {});
    const failure = await client.connect().then(
      () => undefined,
      (error: { code?: string }) => error,
    );
    // Always checked, because on a port in use another program would respond.
    await pause(failure ? 50 : 0);
    if (server.exitCode !== null || server.signalCode !== null) {
      await client.end().catch(() => {});
      throw new Error("The server ended at once.");
    }
    if (!failure) return client;
    await client.end().catch(() => {});
    if (failure.code === "28P01")
      throw new DataDirectoryError(
        "not-a-cluster",
        "The data directory has another password than the one kept beside it.",
      );
  }
}

/** Fast shutdown. A server that doesn't end within 20 seconds is killed, which requires recovery at the next start. */
export async function stopServer(server: ChildProcess): Promise<void> {
  for (const [signal, patience] of [
    ["SIGINT", 20_000],
    ["SIGQUIT", 5_000],
    ["SIGKILL", 5_000],
  ] as const) {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, "exit");
    server.kill(signal);
    await Promise.race([gone, pause(patience, undefined, { ref: false })]);
  }
}
