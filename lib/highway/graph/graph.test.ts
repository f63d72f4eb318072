import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { parseWorkflow } from "../language/parse.ts";
import { buildGraph } from "./graph.ts";

function graphOf(id: string) {
  const file = path.join(import.meta.dirname, "../fixtures/expected", `${id}.json`);
  const { workflow } = parseWorkflow(readFileSync(file, "utf8"));
  if (!workflow) throw new Error("no workflow");
  return buildGraph(workflow);
}

const arrows = ({ edges }: ReturnType<typeof buildGraph>) =>
  edges.map(({ from, to, label }) => `${from} -> ${to}${label ? ` : ${label}` : ""}`);

test("conditions have labelled edges, and none that their region implies", () => {
  expect(arrows(graphOf("loan-review"))).toEqual([
    "score -> is_low_risk",
    "is_low_risk -> price_offer : true",
    "is_low_risk -> collect_docs : false",
    "price_offer -> needs_manager",
    "needs_manager -> ask_manager : true",
    "needs_manager -> send_offer",
    "collect_docs -> second_opinion",
    "is_low_risk -> file_case",
  ]);
});

test("branches are groups inside their parallel; a join of inner tasks has an edge from the parallel", () => {
  const graph = graphOf("media-transcode");
  expect(graph.groups).toEqual([
    { path: "renditions", kind: "parallel", label: "Encode all renditions", parent: "" },
    { path: "renditions.hd", kind: "branch", label: "hd", parent: "renditions" },
    { path: "renditions.SD", kind: "branch", label: "SD", parent: "renditions" },
    { path: "renditions.audio_only", kind: "branch", label: "audio_only", parent: "renditions" },
  ]);
  expect(graph.nodes.find(({ id }) => id === "upload_hd")).toMatchObject({
    path: "renditions.hd/upload_hd",
    scope: "renditions.hd",
    inBranch: true,
  });
  expect(arrows(graph)).toContain("renditions -> all_ready");
});

test("tasks of the older kind of branch are grouped", () => {
  const graph = graphOf("upstream-data-processing");
  expect(graph.nodes.find(({ id }) => id === "enrich_a")).toMatchObject({
    path: "enrich_a",
    scope: "parallel_processing.branch_a",
    inBranch: true,
  });
  expect(arrows(graph)).toEqual(
    expect.arrayContaining(["transform_a -> enrich_a", "parallel_processing -> aggregate"]),
  );
});

test("the body of a loop is a group, and its operators have no second node outside", () => {
  const graph = graphOf("upstream-car-factory-fluent");
  expect(graph.nodes.filter(({ id }) => id === "perform_rework")).toMatchObject([
    { path: "build_vehicle_loop/qa_rework_loop/perform_rework", inLoop: true },
  ]);
  expect(graph.groups).toContainEqual({
    path: "build_vehicle_loop/qa_rework_loop",
    kind: "loop",
    label: "qa_rework_loop (while)",
    parent: "build_vehicle_loop",
  });
});

test("cases and handlers have labelled edges", () => {
  const graph = graphOf("ticket-triage");
  expect(arrows(graph)).toEqual(
    expect.arrayContaining([
      "by_severity -> escalate : critical",
      "by_severity -> park : default",
      "load_ticket -> page_oncall : on failure",
      "archive -> thank_you : on success",
    ]),
  );
  expect(graph.nodes.filter(({ isHandler }) => isHandler).map(({ id }) => id)).toEqual([
    "page_oncall",
    "thank_you",
  ]);
});
