/**
 * `npm run test:postgres [major …]`: runs the tests of the engine and its client layer on every supported PostgreSQL,
 * one major after another. With `--short`, only the engine's contract on the oldest one, which has the fewest features.
 * The last line is `N passed, M failed`; `.cache/postgres.json` holds the same.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { execa } from "execa";
import { installPostgres, POSTGRES_MAJORS } from "@/testing/installed/postgres-versions";
import { parseVitestReport, type Tally } from "@/testing/tally";

type Outcome = Tally & { major: number; seconds: number; trouble: string };

const short = process.argv.includes("--short");
const tests = short ? ["drizzle/engine/tests"] : ["drizzle/engine", "lib/absurd"];
const named = process.argv.slice(2).filter((argument) => argument !== "--short");
const chosen = short && named.length === 0 ? [POSTGRES_MAJORS[0]] : named.map(Number);
const majors = POSTGRES_MAJORS.filter((major) => chosen.length === 0 || chosen.includes(major));
const outcomes: Outcome[] = [];
const NONE: Tally = { passed: 0, failed: 1, failures: [] };
await mkdir(".cache", { recursive: true });

for (const major of majors) {
  console.log(`\nPostgreSQL ${major}`);
  const outcome = await testOn(major).catch((error: Error) => ({
    ...NONE,
    seconds: 0,
    trouble: error.message.split("\n")[0] ?? "",
  }));
  outcomes.push({ major, ...outcome });
}

async function testOn(major: number): Promise<Omit<Outcome, "major">> {
  const folder = await installPostgres(major);
  const report = `.cache/engine-${major}.json`;
  await rm(report, { force: true });
  const started = Date.now();
  const { exitCode } = await execa(
    "vitest",
    ["run", ...tests, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
    {
      env: { EMBEDDED_POSTGRES_FOLDER: folder },
      preferLocal: true,
      reject: false,
      stdio: ["ignore", "inherit", "inherit"],
    },
  );
  const seconds = Math.round((Date.now() - started) / 1000);
  if (!existsSync(report)) return { ...NONE, seconds, trouble: "no test ran" };
  const tally = parseVitestReport(await readFile(report, "utf8"));
  // A run can fail without a failed test: an unhandled error, a broken setup.
  const trouble = exitCode === 0 || tally.failed > 0 ? "" : "an error outside its tests";
  return { ...tally, failed: tally.failed + (trouble ? 1 : 0), seconds, trouble };
}

const sum = (column: "passed" | "failed") =>
  outcomes.reduce((total, outcome) => total + outcome[column], 0);
console.log("\nPostgreSQL  passed  failed  seconds");
for (const { major, passed, failed, seconds, trouble } of outcomes) {
  const cells = [`${major}`.padStart(10), `${passed}`.padStart(6), `${failed}`.padStart(6)];
  console.log(`${cells.join("  ")}  ${`${seconds}`.padStart(7)}  ${trouble}`.trimEnd());
}
console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
const tally: Tally = {
  passed: sum("passed"),
  failed: sum("failed"),
  failures: outcomes.flatMap(({ major, failures, trouble }) =>
    [...failures, trouble].filter(Boolean).map((failure) => `PostgreSQL ${major}: ${failure}`),
  ),
};
await writeFile(".cache/postgres.json", JSON.stringify(tally));
process.exitCode = sum("failed") === 0 ? 0 : 1;
