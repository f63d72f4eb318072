import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { startChild } from "./child";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const STAMP = path.join(ROOT, ".next/built-from");
export const NEXT = path.join(ROOT, "node_modules/next/dist/bin/next");

/** Inputs of the production build; nothing else in the repository affects it. */
const SOURCES = [
  "app",
  "components",
  "lib",
  "public",
  "proxy.ts",
  "instrumentation.ts",
  "next.config.js",
  "postcss.config.mjs",
  "package-lock.json",
  "tsconfig.json",
];

/** Whether the production build in `.next` was made from the current sources. */
export async function isBuilt(): Promise<boolean> {
  const stamp = await readFile(STAMP, "utf8").catch(() => undefined);
  return stamp !== undefined && stamp === (await stampOf(await fingerprint()));
}

/**
 * Builds the dashboard, showing the output of `next build`.
 *
 * @throws Error if the build fails.
 */
export async function build(options: { databaseUrl: string; signal: AbortSignal }): Promise<void> {
  // Computed before the build, so that sources changed during it count as not built.
  const sources = await fingerprint();
  const child = await startChild({
    args: [NEXT, "build"],
    env: {
      DATABASE_URL: options.databaseUrl,
      NODE_ENV: "production",
      NEXT_TELEMETRY_DISABLED: "1",
    },
  });
  const abort = () => void child.stop();
  options.signal.addEventListener("abort", abort);
  const how = await child.ended;
  options.signal.removeEventListener("abort", abort);
  options.signal.throwIfAborted();
  if (how !== 0) throw new Error(`The dashboard could not be built: next build ended with ${how}.`);
  await writeFile(STAMP, await stampOf(sources));
}

/** Ties the sources to one build, so that another build made in between isn't mistaken for ours. */
async function stampOf(sources: string): Promise<string> {
  const id = await readFile(path.join(ROOT, ".next/BUILD_ID"), "utf8").catch(() => "none");
  return `${sources} ${id.trim()}\n`;
}

async function fingerprint(): Promise<string> {
  const hash = createHash("sha256");
  for (const source of SOURCES.map((name) => path.join(ROOT, name)).filter(existsSync))
    for (const file of await filesUnder(source))
      hash
        .update(path.relative(ROOT, file))
        .update("\0")
        .update(await readFile(file))
        .update("\0");
  return hash.digest("hex");
}

async function filesUnder(source: string): Promise<string[]> {
  const entries = await readdir(source, { recursive: true, withFileTypes: true }).catch(() => null);
  if (!entries) return [source];
  return entries
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}
