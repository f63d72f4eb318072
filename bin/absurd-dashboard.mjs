#!/usr/bin/env node
/**
 * The command of this package. The dashboard itself is the package `absurd-dashboard-server`, so that programs that use
 * only the client or Highway install neither a web server nor its pages. If that package is installed, it runs in this
 * process; otherwise npm fetches the same version and caches it.
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);
const { version } = require("../package.json");
const SERVER = "absurd-dashboard-server";

const installed = resolveServer();
if (installed) await import(pathToFileURL(installed).href);
else {
  console.error(
    `The dashboard is the package ${SERVER}, which is not installed here: npm fetches it. To keep it: npm install ${SERVER}@${version}, or, without a registry, its archive.`,
  );
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const wanted = [`--package=${SERVER}@${version}`, "--", "absurd-dashboard"];
  const child = spawn(npm, ["exec", "--yes", ...wanted, ...process.argv.slice(2)], {
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(signal, () => child.kill(signal));
  // npm starts this in a shell, which ends without passing a signal on: this process then gets another parent.
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event)
    setInterval(() => process.ppid !== parent && child.kill("SIGTERM"), 1_000).unref();
  child.once("error", (error) => {
    console.error(`npm could not be started: ${error.message}`);
    process.exitCode = 1;
  });
  child.once("exit", (code, signal) => {
    process.exitCode = code ?? (signal === "SIGINT" ? 130 : 143);
  });
}

function resolveServer() {
  try {
    return require.resolve(`${SERVER}/dist/cli/main.mjs`);
  } catch {
    return undefined;
  }
}
