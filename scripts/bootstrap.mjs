/**
 * Runs a TypeScript program of this repository on a fresh clone: checks Node, installs the packages if they are missing
 * or differ from the lock file, and then runs the program in this same process, so that it receives arguments and
 * signals directly. Plain JavaScript without dependencies, since none may be installed yet.
 *
 *     node scripts/bootstrap.mjs scripts/demo.ts --port 4000
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MINIMUM = [20, 19];

requireNode(process.versions.node);
process.chdir(ROOT);
if (isStale()) await install();
await run();

function requireNode(version) {
  const [major, minor] = version.split(".").map(Number);
  if (major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])) return;
  fail(
    `Node ${MINIMUM.join(".")} or newer is needed; this is Node ${version}. Get it from https://nodejs.org.`,
  );
}

/**
 * Whether a package in the lock file is missing or installed in another version. Packages for other platforms don't
 * count.
 */
function isStale() {
  const wanted = packagesOf("package-lock.json");
  const installed = packagesOf("node_modules/.package-lock.json");
  if (!installed) return true;
  return Object.entries(wanted ?? {}).some(([folder, { version, optional, devOptional, link }]) => {
    if (folder === "" || link) return false;
    const found = installed[folder];
    if (!found) return !optional && !devOptional;
    return found.version !== version || !existsSync(folder);
  });
}

/**
 * Whether the lock file lists the packages of all platforms. npm omits those that its registry did not have when the
 * file was written, and `npm ci` then rejects the whole file on any platform.
 */
function isComplete() {
  const wanted = packagesOf("package-lock.json") ?? {};
  return Object.entries(wanted).every(([folder, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).every(
      (name) => wanted[`node_modules/${name}`] || wanted[`${folder}/node_modules/${name}`],
    ),
  );
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(path.join(ROOT, lockFile), "utf8")).packages;
  } catch {
    return undefined;
  }
}

function install() {
  const command = isComplete() ? ["ci"] : ["install", "--no-save"];
  console.log(`Installing packages (npm ${command[0]}); this takes a minute the first time.`);
  // Uses the same npm if started by npm. The build always needs the development packages.
  const npm = process.env.npm_execpath;
  const flags = [...command, "--include=dev", "--include=optional", "--no-audit", "--no-fund"];
  const child = npm?.endsWith(".js")
    ? spawn(process.execPath, [npm, ...flags], { stdio: "inherit" })
    : spawn("npm", flags, { stdio: "inherit", shell: process.platform === "win32" });
  const forward = (signal) => child.kill(signal);
  process.on("SIGINT", forward).on("SIGTERM", forward);
  return new Promise((resolve) => {
    child.once("error", (error) => fail(`npm could not be started: ${error.message}`));
    child.once("exit", (code, signal) => {
      process.off("SIGINT", forward).off("SIGTERM", forward);
      if (signal) process.exit(signal === "SIGINT" ? 130 : 143);
      if (code !== 0)
        fail(
          "The packages could not be installed; npm says why above. Mend that and run the command again.",
        );
      resolve();
    });
  });
}

async function run() {
  const [script, ...rest] = process.argv.slice(2);
  if (!script || !existsSync(script))
    fail("Usage: node scripts/bootstrap.mjs <script.ts> [arguments]");
  const { register } = await import("tsx/esm/api");
  register();
  process.setSourceMapsEnabled(true);
  process.argv = [process.argv[0], path.resolve(script), ...rest];
  await import(pathToFileURL(path.resolve(script)).href);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
