import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(import.meta.url);
/** The folder in which programs start: the repository, or the package's `dist`. */
export const ROOT = path.resolve(path.dirname(HERE), "..");

/** Whether this code runs from the published package, where `scripts/package.ts` has bundled it. */
export const isPackaged = HERE.endsWith(".mjs");

/** Programs that run as separate processes, by their source in this repository. */
export const PROGRAMS = [
  "server/main.ts",
  "demo/worker.ts",
  "demo/traffic.ts",
  "demo/postgres/host.ts",
] as const;

/** Node's arguments to run one of the programs: its source in a checkout, its bundle in the published package. */
export function nodeArguments(program: (typeof PROGRAMS)[number]): string[] {
  if (isPackaged) return [path.join(path.dirname(HERE), `${path.basename(program, ".ts")}.mjs`)];
  return ["--import", "tsx", path.join(ROOT, program)];
}

/**
 * The folder of the built dashboard: part of the published package, or assembled in `.next` in a checkout.
 *
 * @returns `undefined` in a checkout without a build.
 */
export async function findApp(): Promise<string | undefined> {
  if (isPackaged) return path.resolve(path.dirname(HERE), "../app");
  const { assembleApp, findBuildId } = await import("./app-folder");
  const build = path.join(ROOT, ".next");
  const app = path.join(build, "app");
  const built = await findBuildId(build);
  if (built === undefined || !existsSync(path.join(build, "standalone"))) return undefined;
  if ((await findBuildId(path.join(app, ".next"))) !== built) await assembleApp(ROOT, app);
  return app;
}
