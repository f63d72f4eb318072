import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";

const PACKAGES = ["absurdctl==0.5.1", "absurd-sdk==0.5.1"];
const CACHE = path.resolve(".cache");
const FOLDER = path.join(CACHE, PACKAGES.join("+"));

/** Python of an environment that has the original's command and SDK. */
export const PYTHON = path.join(FOLDER, "bin", "python");

/**
 * Installs the published Python packages into `.cache`, unless they are installed. Several processes may do so at once:
 * each installs into its own folder, and the first to finish links it.
 *
 * @throws Error without `python3`, or without `psql`, which absurdctl runs.
 */
export async function installPackages(): Promise<void> {
  await execa("psql", ["--version"]).catch(() => {
    throw new Error("absurdctl needs psql: install the PostgreSQL client (postgresql-client)");
  });
  if (existsSync(FOLDER)) return;
  await mkdir(CACHE, { recursive: true });
  const own = await mkdtemp(path.join(CACHE, "python-"));
  await execa("python3", ["-m", "venv", own]);
  await execa(path.join(own, "bin", "python"), ["-m", "pip", "install", "--quiet", ...PACKAGES]);
  await symlink(own, FOLDER).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
    await rm(own, { recursive: true });
  });
}

/** Runs `absurdctl` on a database and returns its output. @throws Error if it fails, with its output. */
export async function absurdctl(url: string, command: string, ...args: string[]): Promise<string> {
  const { all } = await execa(
    path.join(FOLDER, "bin", "absurdctl"),
    [command, `--database=${url}`, ...args],
    { all: true },
  );
  return all;
}
