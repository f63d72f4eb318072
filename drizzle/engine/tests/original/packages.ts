import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";

const PACKAGES = ["absurdctl==0.5.1", "absurd-sdk==0.5.1"];
const FOLDER = path.resolve(".cache/absurd-python");
const COMPLETE = path.join(FOLDER, PACKAGES.join("+"));

/** Python of an environment that has the original's command and SDK. */
export const PYTHON = path.join(FOLDER, "bin", "python");

/**
 * Installs the published Python packages into `.cache/absurd-python`, unless they are installed.
 *
 * @throws Error without `python3`, or without `psql`, which absurdctl runs.
 */
export async function installPackages(): Promise<void> {
  await execa("psql", ["--version"]).catch(() => {
    throw new Error("absurdctl needs psql: install the PostgreSQL client (postgresql-client)");
  });
  if (existsSync(COMPLETE)) return;
  await rm(FOLDER, { recursive: true, force: true });
  await execa("python3", ["-m", "venv", FOLDER]);
  await execa(PYTHON, ["-m", "pip", "install", "--quiet", ...PACKAGES]);
  await writeFile(COMPLETE, "");
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
