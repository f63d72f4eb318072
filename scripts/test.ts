/**
 * `npm test`: all checks, the fastest first. Each check counts as one test beside those of the unit and end-to-end
 * suites. Failures are listed again at the end, and the last line is `N passed, M failed`.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { execa } from "execa";
import { ensureBrowser } from "@/testing/browser";
import { POSTGRES_MAJORS } from "@/testing/installed/postgres-versions";
import { parsePlaywrightReport, parseVitestReport, type Tally } from "@/testing/tally";

const long = process.argv.includes("--long");
const env = {
  ...(long && { ABSURD_LONG: "1" }),
  CI: "1",
  NEXT_TELEMETRY_DISABLED: "1",
  TYPES_ARE_CHECKED: "1",
};
const started = Date.now();
const total: Tally = { passed: 0, failed: 0, failures: [] };

function say(line: string) {
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(`\n[${seconds} s] ${line}`);
}

async function run(command: string): Promise<boolean> {
  const [file = "", ...args] = command.split(" ");
  const result = await execa(file, args, {
    env,
    preferLocal: true,
    reject: false,
    stdio: ["ignore", "inherit", "inherit"],
  });
  return result.exitCode === 0;
}

async function check(title: string, ...commands: string[]): Promise<boolean> {
  say(title);
  for (const command of commands) {
    if (!(await run(command))) {
      total.failed += 1;
      total.failures.push(title);
      say(`FAILED: ${title}`);
      return false;
    }
  }
  total.passed += 1;
  return true;
}

/** Runs a suite and adds up its report; a suite without a report counts as one failure. */
async function suite(
  title: string,
  command: string,
  report: string,
  read: (json: string) => Tally,
) {
  say(title);
  await rm(report, { force: true });
  const ok = await run(command);
  const tally = existsSync(report)
    ? read(await readFile(report, "utf8"))
    : { passed: 0, failed: 1, failures: ["no test ran"] };
  total.passed += tally.passed;
  // A suite can fail without a failed test: an unhandled error, a broken setup, no test found.
  total.failed += ok ? tally.failed : Math.max(1, tally.failed);
  if (!ok && tally.failures.length === 0) tally.failures.push("an error outside its tests");
  total.failures.push(...tally.failures.map((failure) => `${title}: ${failure}`));
}

await mkdir(".cache", { recursive: true });
await check("Lint", "biome ci --error-on-warnings .");
await check("Types", "next typegen", "tsc --noEmit");
await check("Language", "npm run -s check:language");
await check("Architecture", "npm run -s check:architecture");
await suite(
  "Unit and database tests",
  "vitest run --reporter=default --reporter=json --outputFile.json=.cache/unit.json",
  ".cache/unit.json",
  parseVitestReport,
);
// The newest major has just run all of them.
const older = POSTGRES_MAJORS.slice(0, -1).join(" ");
await suite(
  long ? "Engine and client on the older PostgreSQLs" : "Engine on the oldest PostgreSQL",
  `tsx scripts/test-postgres.ts ${long ? older : "--short"}`,
  ".cache/postgres.json",
  JSON.parse,
);
if (await check("Production build", "next build")) {
  await check("Package", "tsx scripts/package/package.ts --as-built");
  say("Browser");
  process.env.CHROMIUM_PATH = await ensureBrowser(say);
  await suite("End-to-end tests", "playwright test", ".cache/e2e.json", parsePlaywrightReport);
}

say("Done");
for (const failure of total.failures) console.log(`FAILED ${failure}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
