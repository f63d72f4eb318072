import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

/** Files that name tables directly, and why they return no row of another tenant. */
const NAME_TABLES: Record<string, string> = {
  "health.ts": "queries the schema and its version",
  "overview/latency-sample.ts": "uses only the size of a table, to bound an estimate",
  "queues/claims.ts": "checks whether an index of policies exists",
  "queues/partitions.ts": "refused where restricted",
  "queues/storage.ts": "refused where restricted",
  "queues/terminal-counts.ts": "if restricted, uses only the size from the statistics",
  "scope/dashboard-tables.ts": "queries which of the dashboard's tables exist",
  "scope/registry.ts": "selects the registry of queues and which columns exist",
  "search/key-page.ts": "checks whether an index of values may exist",
  "setup.ts": "queries which schemas exist",
  "task-suggestions.ts": "uses the statistics only if unrestricted",
  "task/cancelled-by.ts": "checks whether the audit log can be read",
  "workflow-circuits.ts": "selects the circuits of one tenant, after a check that it is visible",
  "workflows/tables.ts": "is the only access to workflow runs and definitions",
};

/** How often files use rows of all tenants, and why they return none of another tenant. */
const OF_ALL_TENANTS: Record<string, [uses: number, why: string]> = {
  "scope/recent-tasks.ts": [1, "only compares keys"],
  "search/key-page.ts": [1, "only decides how far to search first"],
  "search/rank.ts": [1, "only decides how far back to rank"],
  "search/scan.ts": [1, "only decides which index is used"],
  "search/windows.ts": [1, "only decides how far and in what steps to search"],
  "task/emissions.ts": [1, "selects when the events of visible tasks were emitted"],
};

/** Files that run verbs of the client layer, which ignore tenants, or statements on a connection of their own. */
const VERBS: Record<string, string> = {
  "health.ts": "gets the replication lag from the pool",
  "queue-maintenance.ts": "refused where restricted",
};

/**
 * Files outside `lib/db` that use the dashboard's own tables with the rows of all tenants, and why they return
 * none of them.
 */
const WRITERS: Record<string, string> = {
  "actions/internal/requests.ts": "returns a result only to holders of its request's random id",
  "audit/record.ts": "only inserts",
  "bulk/job.ts": "every job that it returns is checked against the tenants of the dashboard",
  "bulk/perform-batch.ts": "updates the items of a job that the runner may process",
};

/** Tables named in comments are not queried. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|^\s*(\/\/|--).*$/gm, "");
}

const FOLDER = path.join(import.meta.dirname, "../analytics");

const sources = readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.endsWith("test.ts"))
  .sort()
  .map((file) => ({ file, text: readFileSync(path.join(FOLDER, file), "utf8") }))
  .map(({ file, text }) => ({ file, text: withoutComments(text) }));

const matching = (pattern: RegExp) =>
  sources.flatMap(({ file, text }) => (pattern.test(text) ? [file] : []));

test("queries name tables through queueTables, or are listed here with the reason", () => {
  const named =
    /\babsurd\.(?!current_time)|\bpublic\.|absurd_dashboard|\bpg_(stats?|class|inherits)\b|(from|join)\s+(only\s+)?"?[terciw]_/;
  expect(matching(named)).toEqual(Object.keys(NAME_TABLES));
});

test("only the listed files use the rows of all tenants", () => {
  const uses = sources.flatMap(({ file, text }) => {
    const count = text.match(/\bqueueTablesOfAllTenants\(/g)?.length ?? 0;
    return count > 0 ? [[file, count]] : [];
  });
  expect(uses).toEqual(Object.entries(OF_ALL_TENANTS).map(([file, [count]]) => [file, count]));
});

test("only the code that writes the dashboard's tables uses them without the restriction to tenants", () => {
  const lib = path.join(import.meta.dirname, "..");
  const users = readdirSync(lib, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.startsWith("db/"))
    .filter((file) =>
      /\bdashboardTablesOfAllTenants\b/.test(
        withoutComments(readFileSync(path.join(lib, file), "utf8")),
      ),
    );
  expect(users.sort()).toEqual(Object.keys(WRITERS));
});

test("queries run through snapshots, not through verbs that ignore tenants", () => {
  const verbs =
    /from "@\/lib\/absurd\/(?!errors"|connection\/(json|queryable)"|workflow-runs\/table")|get(Read|Write)Pool/;
  const running = sources.flatMap(({ file, text }) =>
    verbs.test(text.replace(/^import type .*$/gm, "")) ? [file] : [],
  );
  expect(running).toEqual(Object.keys(VERBS));
});
