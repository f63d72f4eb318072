import { existsSync } from "node:fs";
import { chmod, cp, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import getPort from "get-port";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** An unprivileged user, if the tests run as root: the package must not depend on root's permissions. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** The packed dashboard, installed like a user would. */
export type Installed = {
  /** The packed archive. */
  archive: string;
  /** Path of the installed command. */
  command: string;
  /** Packed files, relative to the package. */
  files: string[];
  /** Runs the command until it exits. */
  run: (args: string[], env?: Record<string, string>) => Promise<Finished>;
  /** Starts the command and waits until it serves. */
  serve: (env: Record<string, string>) => Promise<Serving>;
  remove: () => Promise<void>;
};

type Finished = { stdout: string; stderr: string; exitCode: number | undefined };

export type Serving = {
  /** URL with the base path. */
  url: string;
  pid: number;
  /** Milliseconds from the start of the process to its first response. */
  startedIn: number;
  log: () => string;
  /** Sends SIGTERM and resolves to the exit code. */
  stop: () => Promise<number | undefined>;
};

/**
 * Packs the production build of a checkout unless it has been packed since, and installs the archive in an empty
 * folder.
 *
 * @param root this checkout by default.
 */
export async function installPackage(root = ROOT): Promise<Installed> {
  const folderOfPackage = path.join(root, ".cache/package");
  if (!(await isPacked(root, folderOfPackage)))
    await execa("tsx", ["scripts/package/package.ts", "--as-built"], {
      cwd: root,
      preferLocal: true,
    });
  const archive = await findArchive(folderOfPackage);
  const name = path.basename(archive);
  const folder = await mkdtemp(path.join(tmpdir(), "absurd-installed-"));
  await chmod(folder, 0o755);
  await cp(archive, path.join(folder, name));
  await execa("npm", ["install", "--offline", "--no-audit", "--no-fund", `./${name}`], {
    cwd: folder,
  });
  const home = path.join(folder, "node_modules/absurd-dashboard-server");
  const command = path.join(home, "dist/cli/main.mjs");
  const { PATH = "" } = process.env;
  // The files belong to another user, so the server can't write among them.
  const options = { cwd: "/", extendEnv: false, reject: false, ...NOBODY } as const;
  return {
    archive,
    command,
    files: await readdir(home, { recursive: true }),
    run: async (args, env = {}) => {
      const result = await execa(process.execPath, [command, ...args], {
        ...options,
        env: { PATH, HOME: "/nonexistent", ...env },
      });
      return { stdout: result.stdout, stderr: result.stderr, exitCode: result.exitCode };
    },
    serve: async (env) => {
      const port = await getPort({ host: "127.0.0.1" });
      const began = performance.now();
      const server = execa(process.execPath, [command], {
        ...options,
        env: { PATH, HOME: "/nonexistent", PORT: String(port), ...env },
        all: true,
        forceKillAfterDelay: false,
      });
      let log = "";
      server.all.on("data", (part) => {
        log += part;
      });
      const url = `http://127.0.0.1:${port}${env.BASE_PATH ?? ""}`;
      let ended: number | undefined;
      server.then(({ exitCode }) => {
        ended = exitCode ?? -1;
      });
      for (;;) {
        const response = await fetch(`${url}/api/health/live`).catch(() => undefined);
        if (response?.ok) break;
        if (ended !== undefined) throw new Error(`The dashboard ended with ${ended}:\n${log}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return {
        url,
        pid: server.pid ?? 0,
        startedIn: performance.now() - began,
        log: () => log,
        stop: async () => {
          server.kill("SIGTERM");
          return (await server).exitCode;
        },
      };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** What the package is made of, besides `package.json` and notices. The build's id is the same for every build. */
const PACKED = [".next/required-server-files.json", "demo", "drizzle", "lib", "scripts", "server"];

/** Whether the archive is newer than all that it contains. */
async function isPacked(root: string, folderOfPackage: string): Promise<boolean> {
  if (!existsSync(folderOfPackage)) return false;
  const archive = await findArchive(folderOfPackage);
  if (!archive.endsWith(".tgz")) return false;
  const { mtimeMs: packedAt } = await stat(archive);
  for (const part of PACKED.map((name) => path.join(root, name))) {
    const files = part.endsWith(".json") ? [""] : await readdir(part, { recursive: true });
    for (const file of files)
      if ((await stat(path.join(part, file))).mtimeMs > packedAt) return false;
  }
  return true;
}

/** The packed archive in a folder; the folder itself if there is none. */
async function findArchive(folder: string): Promise<string> {
  const [name = ""] = (await readdir(folder)).filter((file) => file.endsWith(".tgz"));
  return path.join(folder, name);
}
