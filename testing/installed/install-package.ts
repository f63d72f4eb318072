import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);
const ROOT = path.resolve(import.meta.dirname, "../..");
const SOURCES = [
  "bin",
  "package.json",
  "tsconfig.json",
  "tsconfig.client.json",
  ".gitignore",
  "LICENSE",
];

/** A new project with this package installed, like a user's. */
export type PackageProject = {
  folder: string;
  /** Names of the packages in its `node_modules`. */
  installed: string[];
  /** Runs Node in the project. */
  run: (
    args: readonly string[],
    env?: Record<string, string>,
  ) => Promise<{ stdout: string; stderr: string }>;
  write: (file: string, content: string | object) => Promise<void>;
  remove: () => Promise<void>;
};

/**
 * Packs a copy of the sources and installs the package into an empty project. Dependencies are taken from this checkout
 * instead of the registry; `alongside` names packages that the project itself has.
 */
export async function installPackage(
  folders: readonly string[],
  alongside: readonly string[] = [],
): Promise<PackageProject> {
  const folder = await mkdtemp(path.join(tmpdir(), "absurd-package-"));
  const sources = path.join(folder, "sources");
  for (const name of [...SOURCES, ...folders])
    await cp(path.join(ROOT, name), path.join(sources, name), { recursive: true });
  await symlink(path.join(ROOT, "node_modules"), path.join(sources, "node_modules"));
  const { stdout } = await execute(
    "npm",
    ["pack", "--json", "--loglevel=error", "--pack-destination", folder],
    { cwd: sources },
  );
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf("[\n")));
  const manifest = JSON.parse(await readFile(path.join(ROOT, "package.json"), "utf8"));
  const here = (name: string) => `file:${path.join(ROOT, "node_modules", name)}`;
  const write = (file: string, content: string | object) =>
    writeFile(
      path.join(folder, file),
      typeof content === "string" ? content : JSON.stringify(content),
    );
  await write("package.json", {
    type: "module",
    dependencies: {
      "absurd-dashboard": `file:${filename}`,
      ...Object.fromEntries(Object.keys(manifest.dependencies).map((name) => [name, here(name)])),
    },
  });
  await execute(
    "npm",
    ["install", "--offline", "--install-links", "--ignore-scripts", "--no-audit", "--no-fund"],
    { cwd: folder },
  );
  const modules = path.join(folder, "node_modules");
  const installed = (await readdir(modules)).filter((name) => !name.startsWith("."));
  for (const name of alongside)
    await symlink(path.join(ROOT, "node_modules", name), path.join(modules, name));
  return {
    folder,
    installed: installed.sort(),
    run: (args, env = {}) =>
      execute(process.execPath, [...args], {
        cwd: folder,
        env: { ...process.env, NODE_OPTIONS: "", ...env },
      }),
    write,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
