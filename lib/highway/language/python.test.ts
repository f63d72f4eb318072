/**
 * Generated documents, compared with the results of the Python package 2.2.0, which only the long tests install.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toGraphviz } from "../diagrams/graphviz.ts";
import { toNestedMermaid } from "../diagrams/nested-mermaid.ts";
import {
  isBranching,
  isLoop,
  isOperatorType,
  type Operator,
  type Workflow,
} from "../model/workflow.ts";
import { arbitraryWorkflow } from "../testing/arbitrary-workflow.ts";
import { parseWorkflow } from "./parse.ts";
import { serializeWorkflow } from "./serialize.ts";

type Attempt = { value?: string; error?: string; kind?: string; loc?: string[] };
type Answer = { load: Attempt; json?: Attempt; yaml?: Attempt; mermaid?: Attempt; dot?: Attempt };

const DRIVER = path.resolve("lib/highway/testing/python_driver.py");
let folder: string;
beforeAll(async () => {
  if (!process.env.ABSURD_LONG) return;
  folder = await mkdtemp(path.join(tmpdir(), "highway-python-"));
  await execa("python3", ["-m", "venv", folder]);
  await execa(path.join(folder, "bin/pip"), ["install", "--quiet", "highway-dsl==2.2.0"]);
}, 300_000);
afterAll(async () => {
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function askPython(texts: { format: "json" | "yaml"; text: string }[]): Promise<Answer[]> {
  const input = texts.map((one) => JSON.stringify(one)).join("\n");
  const { stdout } = await execa(path.join(folder, "bin/python"), [DRIVER], { input });
  return stdout.split("\n").map((line) => JSON.parse(line));
}

/** Removes unknown operators, which the package cannot load. Branches already name valid workflows. */
function withKnownOperators(workflow: Workflow): Workflow {
  const clean = (operator: Operator): Operator[] => {
    if (!isOperatorType(operator.operator_type)) return [];
    if (isLoop(operator)) return [{ ...operator, loop_body: operator.loop_body.flatMap(clean) }];
    if (!isBranching(operator)) return [operator];
    const branches = Object.entries(operator.branch_workflows).map(([name, one]) => [
      name,
      withKnownOperators(one),
    ]);
    return [{ ...operator, branch_workflows: Object.fromEntries(branches) } as Operator];
  };
  const tasks = Object.values(workflow.tasks).flatMap(clean);
  return { ...workflow, tasks: Object.fromEntries(tasks.map((one) => [one.task_id, one])) };
}

const documents = fc.sample(arbitraryWorkflow.map(withKnownOperators), {
  numRuns: process.env.ABSURD_LONG ? 300 : 1,
  seed: 4711,
});

/** Removes the line that mermaid refuses. */
const withoutDefaultClass = (diagram: string) => diagram.replace(/ {4}classDef default.*\n/, "");

/** The keys of indented JSON, one per line, with their indentation. */
const listKeyLines = (json: string) =>
  [...json.matchAll(/^( *)("(?:[^"\\]|\\.)*"):/gm)].map(
    ([, blanks = "", key = ""]) => `${blanks}${JSON.parse(key)}`,
  );

/** In the order of the keys. */
const inOrder = (json: string | undefined) => json && JSON.stringify(JSON.parse(json), null, 1);

describe.runIf(process.env.ABSURD_LONG)("the Python package", () => {
  test("reads and writes the same JSON with the same order of keys, and draws the same diagrams", async () => {
    const texts = documents.map((one) => serializeWorkflow(one, "json"));
    const answers = await askPython(texts.map((text) => ({ format: "json", text })));
    let drawn = 0;
    for (const [index, answer] of answers.entries()) {
      const text = texts[index] ?? "";
      expect(answer.load).toEqual({});
      expect(inOrder(answer.json?.value)).toBe(inOrder(text));
      const { workflow } = parseWorkflow(text);
      if (!workflow) throw new Error("no workflow");
      // The package cannot draw a loaded workflow in which an operator has a description.
      if (answer.mermaid?.value !== undefined) {
        drawn++;
        expect(toNestedMermaid(workflow)).toBe(withoutDefaultClass(answer.mermaid.value));
      }
    }
    expect(drawn).toBeGreaterThan(documents.length / 20);
  }, 300_000);

  test("each reads the YAML of the other", async () => {
    const flat = documents.map(withoutBodies);
    const texts = flat.map((one) => serializeWorkflow(one, "yaml"));
    const answers = await askPython(texts.map((text) => ({ format: "yaml", text })));
    let read = 0;
    for (const [index, answer] of answers.entries()) {
      // The package requires both branches of a condition, and omits empty ones itself.
      if (answer.load.error === "Field required") continue;
      read++;
      expect(answer.load).toEqual({});
      const workflow = flat[index];
      const json = JSON.parse(serializeWorkflow(workflow as Workflow, "json"));
      expect(JSON.parse(answer.json?.value ?? "")).toEqual(json);
      const back = parseWorkflow(answer.yaml?.value ?? "", { format: "yaml" });
      expect(JSON.parse(serializeWorkflow(back.workflow as Workflow, "json"))).toEqual(json);
    }
    expect(read).toBeGreaterThan(documents.length / 4);
  }, 300_000);

  test("Graphviz is the same except for quotes and reserved ids", async () => {
    const plain = documents.map((one) => renamed(one));
    const texts = plain.map((one) => serializeWorkflow(one, "json"));
    const answers = await askPython(texts.map((text) => ({ format: "json", text })));
    for (const [index, answer] of answers.entries())
      expect(toGraphviz(plain[index] as Workflow)).toBe(answer.dot?.value);
  }, 300_000);

  test("whole-number keys keep their place", async () => {
    const texts = documents.map((one) =>
      serializeWorkflow(renamed(one), "json")
        .replaceAll('"a"', '"10"')
        .replaceAll('"b"', '"2"')
        .replaceAll('"load"', '"007"')
        .replaceAll('"T1"', '"404"'),
    );
    const answers = await askPython(texts.map((text) => ({ format: "json", text })));
    for (const [index, answer] of answers.entries()) {
      const { workflow } = parseWorkflow(texts[index] ?? "");
      if (!workflow) throw new Error("no workflow");
      expect(answer.load).toEqual({});
      expect(listKeyLines(serializeWorkflow(workflow, "json"))).toEqual(
        listKeyLines(answer.json?.value ?? ""),
      );
      expect(toGraphviz(workflow)).toBe(answer.dot?.value);
      if (answer.mermaid?.value !== undefined)
        expect(toNestedMermaid(workflow)).toBe(withoutDefaultClass(answer.mermaid.value));
    }
  }, 300_000);

  test("refuses names, versions, deadlines and statuses with the same sentences", async () => {
    const heads = fc.sample(
      fc.record({
        name: fc.oneof(fc.constant("flow"), fc.stringMatching(/^[a-zA-Z_0-9 -]{1,8}$/)),
        version: fc.oneof(fc.constant("1.0.0"), fc.stringMatching(/^[a-z_.0-9+ -]{1,8}$/)),
        deadline_seconds: fc.option(fc.integer({ min: -2, max: 5 })),
        deadline_action: fc.constantFrom("fail", "cancel", "stop"),
        tasks: fc.constantFrom(
          {},
          { t: { task_id: "t", operator_type: "terminate", status: "done" } },
          { t: { task_id: "t", operator_type: "teleport" } },
        ),
      }),
      { numRuns: 300, seed: 4711 },
    );
    const texts = heads.map((head) => JSON.stringify(head));
    const answers = await askPython(texts.map((text) => ({ format: "json", text })));
    for (const [index, { load }] of answers.entries()) {
      const { problems } = parseWorkflow(texts[index] ?? "");
      const errors = problems.filter(({ severity }) => severity === "error");
      const sentence = load.error?.replace("Value error, ", "");
      expect(errors.length > 0).toBe(sentence !== undefined);
      if (sentence !== undefined) expect(errors.map(({ message }) => message)).toContain(sentence);
    }
  }, 300_000);
});

/** In bodies without their null fields, the package mistakes operators for others with the same fields. */
function withoutBodies(workflow: Workflow): Workflow {
  const tasks = Object.entries(workflow.tasks).map(([id, operator]) => [
    id,
    isLoop(operator) ? { ...operator, loop_body: [] } : operator,
  ]);
  return { ...workflow, tasks: Object.fromEntries(tasks) };
}

/** With descriptions and ids that need no escaping. */
function renamed(workflow: Workflow): Workflow {
  const text = JSON.stringify(workflow, (key, value) => {
    if (typeof value === "bigint") return Number(value);
    return key === "description" && typeof value === "string"
      ? value.replace(/["\\\n]/g, "")
      : value;
  });
  const safe = text.replaceAll('"p/q"', '"pq"').replaceAll('"end"', '"ende"');
  return parseWorkflow(safe).workflow as Workflow;
}
