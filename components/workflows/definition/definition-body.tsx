"use client";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useCallback, useEffect, useRef } from "react";
import { PayloadView } from "@/components/payloads/payload-view";
import { Tabs } from "@/components/ui/data/tabs";
import { EmptyState } from "@/components/ui/feedback/empty-state";
import type { WorkflowDefinitionView } from "@/lib/analytics/workflow-views";
import type { Problem } from "@/lib/highway/model/problem";
import type { DefinitionReport } from "@/lib/highway/view/definition-view";
import type { NodeStatus } from "@/lib/highway/view/operator-states";
import { getOwn } from "@/lib/model/get-own";
import { GraphPane } from "../graph/graph-pane";
import { NodeInspector } from "../operators/node-inspector";
import { Panes } from "../panes";
import { DefinitionAbout } from "./definition-about";
import { DefinitionOperators } from "./definition-operators";
import { DefinitionProblems } from "./definition-problems";
import { DefinitionVersions } from "./definition-versions";

const TABS = ["about", "operators", "problems", "versions", "definition"] as const;
const parsers = {
  tab: parseAsStringLiteral(TABS).withDefault("about"),
  node: parseAsString,
};

const NO_STATES: ReadonlyMap<string, NodeStatus> = new Map();

/** The graph of a definition, beside tabs with its inputs, operators, problems and versions. */
export function DefinitionBody({ definition }: { definition: WorkflowDefinitionView }) {
  const [{ tab: wanted, node: selected }, setState] = useQueryStates(parsers);
  const select = useCallback((node: string | null) => setState({ node }), [setState]);
  const shown = useRef(selected);
  useEffect(() => {
    shown.current = selected;
  }, [selected]);
  const toggle = useCallback(
    (path: string) => select(path === shown.current ? null : path),
    [select],
  );
  const { text, versions, name, version, view, report } = definition;
  const problems = report ? listProblems(report) : [];
  const graph = view?.graph;
  const node = graph?.nodes.find(({ path }) => path === selected);
  const table = graph && (
    <DefinitionOperators
      graph={graph}
      settings={view.settings}
      selected={selected}
      onSelect={select}
    />
  );
  // Without a drawing, the graph pane already shows the table.
  const hasTable = graph && view.notDrawn === null;
  const tab = wanted === "operators" && !hasTable ? "about" : wanted;
  return (
    <Panes
      graph={
        graph ? (
          <>
            <GraphPane
              graph={graph}
              notDrawn={view.notDrawn}
              table={table}
              statuses={NO_STATES}
              live={false}
              selected={selected}
              onSelect={select}
              onToggle={toggle}
              exports={{ name: `${name}-${version}`, loadText: async () => text ?? "" }}
            />
            {node && (
              <NodeInspector
                node={node}
                settings={getOwn(view.settings, node.path) ?? []}
                onClose={() => select(null)}
              />
            )}
          </>
        ) : (
          <EmptyState icon="file-question" title="Cannot draw this definition">
            {text === null
              ? "The definition has more than two million characters."
              : view?.unreadable}
          </EmptyState>
        )
      }
    >
      <Tabs
        label="Definition views"
        selected={tab}
        onSelect={(next) => setState({ tab: next })}
        tabs={[
          { id: "about", label: "About" },
          ...(hasTable
            ? [{ id: "operators" as const, label: "Operators", count: graph.nodes.length }]
            : []),
          ...(problems.length > 0
            ? [{ id: "problems" as const, label: "Problems", count: problems.length }]
            : []),
          { id: "versions", label: "Versions", count: versions.length },
          ...(text === null ? [] : [{ id: "definition" as const, label: "Definition" }]),
        ]}
      >
        {tab === "about" && <DefinitionAbout definition={definition} />}
        {tab === "operators" && table}
        {tab === "problems" && <DefinitionProblems problems={problems} />}
        {tab === "versions" && <DefinitionVersions definition={definition} />}
        {tab === "definition" && text !== null && (
          <PayloadView payload={{ bytes: text.length, text }} />
        )}
      </Tabs>
    </Panes>
  );
}

/** Errors first. A warning is omitted if a start is refused for the same reason. */
function listProblems({ problems, notExecuted }: DefinitionReport): Problem[] {
  const refused = new Set(notExecuted.map(({ path }) => path));
  const errors = problems.filter(({ severity }) => severity === "error");
  const warnings = problems.filter(
    ({ severity, path }) => severity === "warning" && !refused.has(path),
  );
  return [...errors, ...notExecuted, ...warnings];
}
