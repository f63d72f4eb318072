import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const ROOT = path.join(import.meta.dirname, "../..");

/** Files of `lib/analytics` that name tables themselves, and why no row of another tenant comes out there. */
const NAME_TABLES: Record<string, string> = {
  "dashboard-tables.ts": "asks which of the dashboard's tables there are",
  "health.ts": "asks for the schema and its version",
  "partitions.ts": "refused where restricted",
  "registry.ts": "reads the registry of queues and which columns there are",
  "storage.ts": "refused where restricted",
  "task-suggestions.ts": "asks the statistics only where unrestricted",
  "terminal-counts.ts": "of the statistics only the size is used where restricted",
  "workflow-sources.ts": "is the door to workflow runs and definitions",
  "workflow-tables.ts": "asks which columns there are",
};

/** Files that read rows of all tenants, and why none comes out. */
const OF_ALL_TENANTS: Record<string, string> = {
  "active-tasks.ts": "only decides which index is used",
  "emissions.ts": "when the events of visible tasks were emitted",
  "recent-tasks.ts": "only compares keys",
  "task-beginning.ts": "only decides how far is searched first",
  "task-extent.ts": "only decides how far and in what steps is searched",
  "task-figures.ts": "only decides how far back is ranked",
};

/** Files that run verbs of the client layer, which know no tenants, or statements on a connection of their own. */
const VERBS: Record<string, string> = {
  "queue-maintenance.ts": "refused where restricted",
};

const sources = readdirSync(path.join(ROOT, "lib/analytics"))
  .filter((file) => file.endsWith(".ts") && !file.endsWith("test.ts") && file !== "testing.ts")
  .map((file) => ({ file, text: readFileSync(path.join(ROOT, "lib/analytics", file), "utf8") }))
  // What is said in comments reads nothing.
  .map(({ file, text }) => ({
    file,
    text: text.replace(/\/\*[\s\S]*?\*\/|^\s*(\/\/|--).*$/gm, ""),
  }));

const matching = (pattern: RegExp) =>
  sources.flatMap(({ file, text }) => (pattern.test(text) ? [file] : []));

test("queries name tables through queueTables and its like, or say here why not", () => {
  const named =
    /\babsurd\.(?!current_time)|\bpublic\.|absurd_dashboard|\bpg_(stats?|class|inherits)\b|(from|join)\s+(only\s+)?"?[terciw]_/;
  expect(matching(named)).toEqual(Object.keys(NAME_TABLES));
});

test("few read the rows of all tenants", () => {
  expect(matching(/queueTablesOfAllTenants/)).toEqual(Object.keys(OF_ALL_TENANTS));
});

test("queries run through snapshots, not through verbs that know no tenants", () => {
  const verbs =
    /from "@\/lib\/absurd\/(?!types|json|errors|workflow-table"|tenants")|get(Read|Write)Pool/;
  const running = sources.flatMap(({ file, text }) =>
    verbs.test(text.replace(/^import type .*$/gm, "")) ? [file] : [],
  );
  expect(running).toEqual(Object.keys(VERBS));
});
