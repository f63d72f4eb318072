import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

/**
 * The files that take users' JSON apart or read its text, and how each keeps redacted values out. Any other file
 * fails the test: use `payload`, `errorPayload`, `columnText` or `redactMember`, and for conditions
 * `comparableText`.
 */
const READERS: Record<string, string> = {
  "events.ts": "reads PostgreSQL's table of databases",
  "queues/claims.ts": "reads cancellation policies of the engine",
  "queues/terminal-counts.ts": "the state of a task is not JSON",
  "related.ts": "redactMember for a step; ids otherwise",
  "scope/error-head.ts": "redact, redactMember",
  "scope/payload.ts": "redact",
  "scope/redact.ts": "redacts",
  "scope/registry.ts": "reads the engine's table of queues",
  "search/anywhere.ts": "comparableText, and walks only visible members",
  "search/headers.ts": "compares ids",
  "search/rank.ts": "a sort key is not JSON",
  "search/rows.ts": "unpacks columns that it packed, and columnText",
  "search/scan.ts": "comparableText",
  "task-suggestions.ts": "redact",
  "task/columns.ts": "redactMember, payload",
  "task/workflow-tasks.ts": "toTaskRecord redacts",
  "workers.ts": "compares the engine's own error names, and builds JSON of ids",
  "workflow-definitions.ts": "redactIn, redactLong",
  "workflows.ts": "listSlices redacts, and redacted tags are refused",
  "workflows/rows.ts": "payload, redact",
};

const JSON_OPERATOR = /->>|-> ?['$]|#>>? ?['$]|\bjsonb?_(?!typeof)\w+\(|\bto_jsonb\(/;
const TEXT_OF_COLUMN =
  /\b(?:params|headers|result|state|failureReason|payload|eventPayload|column|value|definition|tags)\b[^`\n]{0,20}\)?\}?\)?::text\b(?!\[)/;

test("only known files take users' JSON apart", () => {
  const folder = fileURLToPath(new URL("..", import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
  );
  const readers = files.filter((file) => {
    const source = readFileSync(path.join(folder, file), "utf8").replaceAll(
      /^ *(?:\*|\/\/).*$/gm,
      "",
    );
    return JSON_OPERATOR.test(source) || TEXT_OF_COLUMN.test(source);
  });
  expect(readers.sort()).toEqual(Object.keys(READERS).sort());
});
