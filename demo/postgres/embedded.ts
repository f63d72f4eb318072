import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import getPort from "get-port";
import { nodeArguments, ROOT } from "@/server/program";
import { DataDirectoryError, type DataDirectoryProblem, explain } from "./errors";

/** Start options of the host. Other users can see its arguments, so the password is in a file in the directory. */
export type HostOptions = {
  directory: string;
  logFile: string;
  port: number;
  settings: Record<string, string>;
};

export type HostReport =
  | { stage: "initialising" | "starting" | "ready" }
  | { stage: "notice"; message: string }
  | { stage: "failed"; problem: DataDirectoryProblem; message: string };

export type EmbeddedServer = {
  port: number;
  /** File that receives the server's log. */
  logFile: string;
  /** Connection string of a database on this server. */
  url: (database: string) => string;
  /** Id of the process that owns the server. */
  hostPid: number;
  /** Resolves when the server has ended for any reason. */
  ended: Promise<void>;
  /** Stops the server and waits until it has exited. The data is kept. */
  stop: () => Promise<void>;
};

/**
 * Starts a PostgreSQL server from the npm package on `directory`, creating the cluster on first use. Leftovers of a
 * crash are cleared first. The server listens on 127.0.0.1 only and ends with this process, however this process ends.
 *
 * @throws DataDirectoryError if the directory can't be used; its message explains why.
 */
export async function startEmbeddedPostgres(options: {
  directory: string;
  port?: number;
  settings?: Record<string, string>;
  /** Called with `initialising`, `starting`, `ready`, or a sentence to show. */
  onStage?: (stage: string) => void;
  /** Aborts the start of the server. */
  signal?: AbortSignal;
}): Promise<EmbeddedServer> {
  const directory = path.resolve(options.directory);
  const logFile = path.join(directory, "postgres.log");
  const password = await prepare(directory).catch(async (error: Error) => {
    throw await explain(error, directory, logFile);
  });
  const port = options.port ?? (await getPort({ host: "127.0.0.1" }));

  const host = spawn(
    process.execPath,
    [
      ...nodeArguments("demo/postgres/host.ts"),
      JSON.stringify({
        directory,
        logFile,
        port,
        settings: {
          listen_addresses: "127.0.0.1",
          unix_socket_directories: "",
          ...options.settings,
        },
      } satisfies HostOptions),
    ],
    {
      cwd: ROOT,
      detached: true,
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  // The pipe breaks when the host exits; `ended` reports that.
  host.stdin.on("error", () => {});
  const ended = new Promise<void>((resolve) => host.once("close", () => resolve()));
  const abort = () => host.stdin.end();
  options.signal?.addEventListener("abort", abort);
  try {
    await untilReady(host, options.onStage);
  } finally {
    options.signal?.removeEventListener("abort", abort);
  }

  return {
    port,
    logFile,
    url: (database) =>
      `postgresql://postgres:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`,
    hostPid: host.pid ?? 0,
    ended,
    stop: () => {
      host.stdin.end();
      return ended;
    },
  };
}

/** Creates the directory and returns the superuser's password, which is generated on first use and stored there. */
async function prepare(directory: string): Promise<string> {
  await makeFolder(directory);
  const file = path.join(directory, "password");
  await writeFile(file, randomBytes(18).toString("base64url"), { mode: 0o600, flag: "wx" }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    },
  );
  return (await readFile(file, "utf8")).trim();
}

/** Node's recursive mkdir never returns on a file system that reports "no such file", as `/proc` does. */
async function makeFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  await makeFolder(path.dirname(folder));
  await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}

function untilReady(host: ChildProcess, onStage?: (stage: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    host.once("error", reject);
    host.once("close", (code) =>
      reject(new DataDirectoryError("unknown", `The database host ended with code ${code}.`)),
    );
    if (!host.stdout) return reject(new Error("it has no output"));
    createInterface({ input: host.stdout }).on("line", (line) => {
      const report = JSON.parse(line) as HostReport;
      if (report.stage === "failed")
        return reject(new DataDirectoryError(report.problem, report.message));
      onStage?.(report.stage === "notice" ? report.message : report.stage);
      if (report.stage === "ready") resolve();
    });
  });
}
