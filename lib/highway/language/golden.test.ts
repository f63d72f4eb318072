/** The documents and texts of fixtures/: the results of the Python packages 2.0.2 and 2.2.0. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { toClassicMermaid } from "../diagrams/classic-mermaid.ts";
import { toGraphviz } from "../diagrams/graphviz.ts";
import { toNestedMermaid } from "../diagrams/nested-mermaid.ts";
import { canConvert } from "../model/checks/validate.ts";
import { hasErrors } from "../model/problem.ts";
import { workflowHash } from "./hash.ts";
import { parseWorkflow } from "./parse.ts";
import { serializeWorkflow } from "./serialize.ts";
import { parseYaml } from "./yaml.ts";

const FIXTURES = path.join(import.meta.dirname, "../fixtures");
const read = (file: string) => readFileSync(path.join(FIXTURES, file), "utf8");
const exists = (file: string) => existsSync(path.join(FIXTURES, file));
const older = readdirSync(path.join(FIXTURES, "workflows")).map((file) => `workflows/${file}`);
const newer = readdirSync(path.join(FIXTURES, "2.2/workflows")).map(
  (file) => `2.2/workflows/${file}`,
);

/** The package does not notice that the bounds of one guard are a number and a text. */
const REPORTED = ["tasks.read_file.postconditions[1].value"];

function load(text: string) {
  const { workflow, problems } = parseWorkflow(text);
  const errors = problems.filter(({ severity }) => severity === "error");
  expect(errors.filter(({ path }) => !REPORTED.includes(path))).toEqual([]);
  if (!workflow) throw new Error("no workflow");
  return workflow;
}

/** The package does not decode the branches of older documents, so they lack the new fields. */
function fillIn(value: unknown): unknown {
  return JSON.parse(serializeWorkflow(load(JSON.stringify(value)), "json"));
}

/** JavaScript writes 2.0 as 2. */
const withoutZeros = (json: string) => json.trimEnd().replace(/(\d)\.0(?=,?$)/gm, "$1");
const isUpstream = (id: string) => id.startsWith("upstream-");
const idOf = (file: string) => path.parse(file).name;

describe.each([...older, ...newer])("%s", (file) => {
  const id = idOf(file);
  const expected = JSON.parse(read(`2.2/expected/${id}.json`));

  test("is parsed to the values of 2.2.0", () => {
    const json = JSON.parse(serializeWorkflow(load(read(file)), "json"));
    expect(json).toEqual(fillIn(expected));
  });

  test("JSON keeps values and the order of fields and tasks", () => {
    const text = serializeWorkflow(load(read(`2.2/expected/${id}.json`)), "json");
    expect(JSON.parse(text)).toEqual(fillIn(expected));
    // The package keeps the document's order of keys inside branches; here they are in canonical order too.
    if (!isUpstream(id)) expect(text).toBe(withoutZeros(read(`2.2/expected/${id}.json`)));
  });

  test("YAML is parsed back to the same workflow, with sorted keys and without null fields", () => {
    const workflow = load(read(file));
    const text = serializeWorkflow(workflow, "yaml");
    expect(load(text)).toEqual(workflow);
    const value = parseYaml(text).value as object;
    const keys = Object.keys(value);
    expect(keys).toEqual([...keys].sort());
    if (newer.includes(file)) expect(value).toEqual(parseYaml(read(file)).value);
  });

  test("the nested diagram and Graphviz are those of 2.2.0, except for what mermaid and Graphviz refuse", () => {
    for (const [name, text] of [
      [id, `2.2/expected/${id}.json`],
      [`${id}.from-yaml`, file],
    ] as const) {
      const workflow = load(read(text));
      const [mermaid, dot] = [`2.2/expected/${name}.mmd`, `2.2/expected/${name}.dot`];
      if (exists(mermaid))
        expect(toNestedMermaid(workflow)).toBe(
          read(mermaid)
            .replace(/ {4}classDef default.*\n/, "")
            .trimEnd(),
        );
      if (exists(dot)) expect(toGraphviz(workflow)).toBe(repair(read(dot)).trimEnd());
    }
  });
});

/** The package does not escape quotes inside labels, and confuses a task `start` with the circle of that name. */
function repair(dot: string): string {
  const escaped = dot.replace(
    /label="(.*?)"(?=[\],;]|, )/g,
    (_, label: string) => `label="${label.replaceAll('"', '\\"')}"`,
  );
  if (!escaped.includes('start [label="start"]')) return escaped;
  return escaped
    .replaceAll("    start -> ", "    start_ -> ")
    .replace("    start_ -> start;", "    start -> start_;")
    .replace('    start [label="start"]', '    start_ [label="start"]');
}

describe.each(older)("%s, written by 2.0.2", (file) => {
  const id = idOf(file);
  const expected = read(`expected/${id}.json`);

  test("keeps its hash", () => {
    const hash = createHash("sha256").update(JSON.stringify(normalise(JSON.parse(expected))));
    expect(workflowHash(load(expected))).toBe(hash.digest("hex"));
    expect(workflowHash(load(read(`2.2/expected/${id}.json`)))).toBe(workflowHash(load(expected)));
  });

  test("the classic diagram is that of 2.0.2, byte for byte", () => {
    const isYaml = file.endsWith(".yaml");
    const text = isYaml ? read(`expected/${id}.from-yaml.mmd`) : read(`expected/${id}.mmd`);
    expect(`${toClassicMermaid(load(read(file)))}\n`).toBe(text);
    if (!isUpstream(id) || !isYaml)
      expect(`${toClassicMermaid(load(expected))}\n`).toBe(read(`expected/${id}.mmd`));
  });
});

/** With sorted keys and without nulls: the form from which hashes of 2.0.2 definitions were computed. */
function normalise(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalise);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([, one]) => one !== null);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([key, one]) => [key, normalise(one)]));
}

test("a new field changes the hash only if it differs from its default", () => {
  const base = {
    name: "flow",
    tasks: { a: { task_id: "a", operator_type: "foreach", items: "[]", loop_body: [] } },
  };
  const hashWith = (fields: object, task: object = {}) =>
    workflowHash(
      load(JSON.stringify({ ...base, ...fields, tasks: { a: { ...base.tasks.a, ...task } } })),
    );
  const hashes = [
    hashWith({}),
    hashWith({ deadline_action: "cancel" }),
    hashWith({ deadline_seconds: 5 }),
    hashWith({}, { dynamic: true }),
    hashWith({}, { circuit_breaker_policy: {} }),
    hashWith({}, { preconditions: [{ variable: "x", check: "exists" }] }),
    hashWith({}, { postconditions: [{ variable: "x", check: "exists" }] }),
  ];
  expect(new Set(hashes).size).toBe(hashes.length);
  expect(hashWith({ deadline_action: "fail" }, { dynamic: false })).toBe(hashes[0]);
});

type Invalid = { name: string; yaml: string; original_error: string };

describe("invalid documents", () => {
  const expected: Record<string, [path: string, code: string]> = {
    "double-underscore-name": ["name", "name"],
    "uppercase-name": ["name", "name"],
    "leading-digit-name": ["name", "name"],
    "missing-name": ["name", "missing"],
    "double-underscore-version": ["version", "type"],
    "space-in-version": ["version", "version"],
    "unknown-operator": ["tasks.t.operator_type", "unknown_operator"],
    "try-catch-is-reserved": ["tasks.t.operator_type", "unknown_operator"],
    "no-operator-type": ["tasks.t.operator_type", "missing"],
    "task-without-function": ["tasks.t.function", "missing"],
    "switch-without-expression": ["tasks.t.switch_on", "missing"],
    "join-without-tasks": ["tasks.t.join_tasks", "missing"],
    "foreach-items-list": ["tasks.t.items", "type"],
    "wait-without-wait-for": ["tasks.t.wait_for", "missing"],
    "emit-payload-list": ["tasks.t.payload", "type"],
    "dependencies-string": ["tasks.t.dependencies", "type"],
    "kwargs-list": ["tasks.t.kwargs", "type"],
    "trigger-rule-bad": ["tasks.t.trigger_rule", "type"],
    "timeout-policy-empty": ["tasks.t.timeout_policy.timeout", "missing"],
    "tags-string": ["tags", "type"],
    "empty-document": ["", "type"],
    "broken-yaml": ["", "syntax"],
    "reflexive-without-verifier": ["tasks.t.verifier", "missing"],
    "reflexive-turns-zero": ["tasks.t.max_turns", "type"],
    "reflexive-turns-eleven": ["tasks.t.max_turns", "type"],
    "reflexive-turns-fraction": ["tasks.t.max_turns", "type"],
    "reflexive-kwargs-list": ["tasks.t.generator_kwargs", "type"],
    "choice-without-branches": ["tasks.t.branches", "missing"],
    "choice-branch-without-condition": ["tasks.t.branches.x.condition", "missing"],
    "choice-branch-as-list": ["tasks.t.branches.x", "type"],
    "choice-negative-minimum": ["tasks.t.minimum_branches", "type"],
    "terminate-bad-status": ["tasks.t.status", "type"],
    "terminate-upper-case-status": ["tasks.t.status", "type"],
    "terminate-result-list": ["tasks.t.result", "type"],
    "children-as-list": ["tasks.t.children", "type"],
    "child-as-text": ["tasks.t.children.x", "type"],
    "breaker-threshold-zero": ["tasks.t.circuit_breaker_policy.failure_threshold", "type"],
    "breaker-bad-isolation": ["tasks.t.circuit_breaker_policy.isolation_duration", "type"],
    "breaker-exceptions-text": ["tasks.t.circuit_breaker_policy.catch_exceptions", "type"],
    "guard-bad-check": ["tasks.t.preconditions[0].check", "type"],
    "guard-range-without-bounds": ["tasks.t.postconditions[0].value", "type"],
    "guard-set-without-list": ["tasks.t.preconditions[0].value", "type"],
    "guard-without-variable": ["tasks.t.preconditions[0].variable", "missing"],
    "guards-null": ["tasks.t.preconditions", "type"],
    "deadline-zero": ["deadline_seconds", "deadline"],
    "deadline-fraction": ["deadline_seconds", "type"],
    "deadline-action-stop": ["deadline_action", "type"],
  };
  const invalid: Invalid[] = ["invalid.yaml", "2.2/invalid.yaml"].flatMap(
    (file) => parseYaml(read(file)).value as Invalid[],
  );
  /** Sentences of the package itself; all others are those of its validation library. */
  const OWN_WORDS =
    /(?:Workflow |Unknown operator|Invalid check|in_\w+ check|Terminate status|deadline_\w+ must|Input should be (?:greater|less)).*/;

  test("every invalid document has an expectation", () => {
    expect(invalid.map(({ name }) => name)).toEqual(Object.keys(expected));
  });

  test.each(invalid)("$name is refused at the mistake, in the words of the package", (one) => {
    const { workflow, problems } = parseWorkflow(one.yaml, { format: "yaml" });
    const errors = problems.filter(({ severity }) => severity === "error");
    expect(errors.map((problem) => [problem.path, problem.code])).toEqual([expected[one.name]]);
    const words = OWN_WORDS.exec(one.original_error)?.[0];
    if (words && !words.includes("__'s reserved")) expect(errors[0]?.message).toBe(words);
    // Only unknown operators can be converted.
    const isConvertible = workflow !== undefined && canConvert(problems);
    expect(isConvertible).toBe(expected[one.name]?.[1] === "unknown_operator");
  });

  test.each([
    ["1.0", '"1.0" or "1"'],
    ["2", '"2.0" or "2"'],
    ["1.5", '"1.5"'],
  ])("a version that is the number %s must be quoted", (version, example) => {
    const hint = `write it in quotes, with all of its digits: ${example}`;
    for (const text of [`name: a\nversion: ${version}\n`, `{"name": "a", "version": ${version}}`])
      expect(parseWorkflow(text).problems).toMatchObject([{ path: "version", hint }]);
  });

  /** The results of the Python package. */
  test.each([
    ["1767225600", "2026-01-01T00:00:00Z", 'write "2026-01-01T00:00:00Z" if that is meant'],
    ["20260301", "1970-08-23T11:51:41Z", 'write "2026-03-01" if that date is meant'],
    ['"20260301"', "1970-08-23T11:51:41Z", 'write "2026-03-01" if that date is meant'],
    ["2026", "1970-01-01T00:33:46Z", 'write "1970-01-01T00:33:46Z" if that is meant'],
    ["1767225600000", "2026-01-01T00:00:00Z", 'write "2026-01-01T00:00:00Z" if that is meant'],
    ["-20000000001", "1969-05-14T12:26:39.999000Z", undefined],
    ["1.5", "1970-01-01T00:00:01.500000Z", undefined],
    ["1767225600.1234567", "2026-01-01T00:00:00.123457Z", undefined],
  ])(
    "a start date of %s counts from 1970, and a warning shows what to write",
    (number, at, hint) => {
      const head = `"name": "a", "schedule": "0 0 * * *", "start_date": ${number}`;
      for (const text of [`{${head}}`, head.replaceAll(", ", "\n")]) {
        const { workflow, problems } = parseWorkflow(text);
        expect(workflow?.start_date).toBe(at);
        expect(problems).toMatchObject([
          {
            path: "start_date",
            code: "counted_time",
            severity: "warning",
            message: expect.stringContaining(`since 1970: ${at}`),
            ...(hint && { hint }),
          },
        ]);
      }
    },
  );

  test.each(["true", '"1e9"', '" 5 "', "1.0e+16", "[5]", '"2026-03"', '"soon"'])(
    "a start date of %s is refused with an example",
    (value) => {
      const { problems } = parseWorkflow(`name: a\nschedule: 0 0 * * *\nstart_date: ${value}\n`);
      expect(problems).toMatchObject([
        { path: "start_date", severity: "error", hint: 'such as "2026-03-01T06:15:00Z"' },
      ]);
    },
  );

  test.each(["tasks: null", "tasks: {t: null}", "name: [a]", "tasks: []"])(
    "%s is a problem, not a crash",
    (line) => {
      const text = line.startsWith("name") ? line : `name: a\n${line}`;
      expect(hasErrors(parseWorkflow(text).problems)).toBe(true);
    },
  );
});
