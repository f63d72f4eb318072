// @vitest-environment jsdom
/** The diagrams, parsed by mermaid and Graphviz themselves. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Graphviz } from "@hpcc-js/wasm-graphviz";
import * as fc from "fast-check";
import mermaid from "mermaid";
import { beforeAll, describe, expect, test } from "vitest";
import { parseWorkflow } from "../language/parse.ts";
import type { Workflow } from "../model/workflow.ts";
import { arbitraryWorkflow } from "../testing/arbitrary-workflow.ts";
import { toClassicMermaid } from "./classic-mermaid.ts";
import { toGraphviz } from "./graphviz.ts";
import { toNestedMermaid } from "./nested-mermaid.ts";
import { safeIds, safeLabel, toRichMermaid } from "./rich-mermaid.ts";

const FIXTURES = path.resolve("lib/highway/fixtures/2.2/expected");
const golden = readdirSync(FIXTURES).filter((file) => /^[^.]+\.json$/.test(file));

function load(file: string): Workflow {
  const { workflow } = parseWorkflow(readFileSync(path.join(FIXTURES, file), "utf8"));
  if (!workflow) throw new Error("no workflow");
  return workflow;
}

let graphviz: Graphviz;
beforeAll(async () => {
  graphviz = await Graphviz.load();
});

const isDiagram = async (text: string) =>
  Boolean(await mermaid.parse(text, { suppressErrors: true }));

/** mermaid protects `#NN;` while it parses, and inserts the character when it draws. */
async function getLabels(text: string) {
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
  const { getStates, getRelations } = db as unknown as {
    getStates: () => Map<string, { descriptions: string[] }>;
    getRelations: () => { relationTitle?: string }[];
  };
  const decode = (label = "") =>
    label.replace(/ﬂ°°(\d+)¶ß/g, (_, code: string) => String.fromCodePoint(Number(code)));
  return {
    states: [...getStates.call(db)].map(([id, { descriptions }]) => [id, descriptions.map(decode)]),
    edges: getRelations.call(db).map(({ relationTitle }) => decode(relationTitle)),
  };
}

describe.each(golden)("%s", (file) => {
  test("mermaid draws the rich style", async () => {
    expect(await isDiagram(toRichMermaid(load(file)))).toBe(true);
  });

  test("mermaid draws the nested style, unless a loop contains a composite", async () => {
    const isTwice = ["odd-names.json", "upstream-car-factory-fluent.json"].includes(file);
    expect(await isDiagram(toNestedMermaid(load(file)))).toBe(!isTwice);
  });

  test("mermaid draws the classic style", async () => {
    // It escapes nothing, like the original.
    const isOdd = ["odd-names.json"].includes(file);
    expect(await isDiagram(toClassicMermaid(load(file)))).toBe(!isOdd);
  });

  test("Graphviz draws it", () => {
    expect(graphviz.dot(toGraphviz(load(file)))).toContain("<svg");
  });
});

test("Graphviz draws any workflow", () => {
  fc.assert(
    fc.property(arbitraryWorkflow, (workflow) => {
      expect(graphviz.layout(toGraphviz(workflow), "dot", "dot")).toContain("digraph workflow");
    }),
    { numRuns: 50 },
  );
}, 120_000);

test("mermaid draws any workflow in the rich style", async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryWorkflow, async (workflow) => {
      expect(await isDiagram(toRichMermaid(workflow))).toBe(true);
    }),
    { numRuns: 50 },
  );
}, 120_000);

const LABELS = [
  "arn:aws:s3:::b",
  "x;{y}",
  "List<Order>",
  ":a:",
  "::",
  'say "yes"',
  "#lt; &lt; 50%% %%{init}",
  "a\\nb `c`",
  "[*] --> end",
  "état ≤ 3 ✓ 😀",
  "}",
  "--",
];

test("labels are shown unchanged", async () => {
  const lines = LABELS.flatMap((label, index) => [
    `state "${safeLabel(label)}" as s${index}`,
    `s${index} --> t : ${safeLabel(label)}`,
  ]);
  const { states, edges } = await getLabels(["stateDiagram-v2", ...lines].join("\n"));
  for (const [index, label] of LABELS.entries())
    expect(states).toContainEqual([`s${index}`, [label]]);
  expect(edges).toEqual(LABELS);
});

test("any text is one line of a label", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme" }), async (text) => {
      const label = safeLabel(text);
      const { states, edges } = await getLabels(
        `stateDiagram-v2\nstate "${label}" as a\na --> b : ${label}`,
      );
      expect(states.map(([id]) => id)).toEqual(["a", "b"]);
      const shown = text.replace(/[\s\p{Cc}]+/gu, " ").trim();
      expect(edges.map((edge) => edge.trim())).toEqual([shown]);
    }),
    { numRuns: 200 },
  );
}, 120_000);

test("each id is a separate state", async () => {
  const words =
    "state note class classDef style click default scale href root end fork stateDiagram as direction 1a a-b a.b a_b Ü".split(
      " ",
    );
  const ids = [...safeIds(words).values()];
  const lines = ids.map((id) => `state "L" as ${id}\n[*] --> ${id}`);
  const { states } = await getLabels(["stateDiagram-v2", ...lines].join("\n"));
  expect(states.map(([id]) => id).filter((id) => id !== "root_start")).toEqual(ids);
});
