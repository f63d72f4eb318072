"use client";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { PayloadView } from "@/components/payloads/payload-view";
import { Tabs } from "@/components/ui/data/tabs";
import { EmptyState } from "@/components/ui/feedback/empty-state";
import { buildGraph } from "@/lib/highway/graph/graph";
import { parseJsonWorkflow } from "@/lib/highway/language/parse-json";
import { listNotExecuted } from "@/lib/highway/model/executable";
import type { NodeStatus } from "@/lib/highway/view/operator-states";
import type { WorkflowDefinitionDetail } from "@/lib/model/workflow";
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

/** The graph of a definition beside tabs with its inputs, operators, problems and versions. */
export function DefinitionBody({ definition }: { definition: WorkflowDefinitionDetail }) {
  const [{ tab, node: selected }, setState] = useQueryStates(parsers);
  const select = useCallback((node: string | null) => setState({ node }), [setState]);
  const shown = useRef(selected);
  useEffect(() => {
    shown.current = selected;
  }, [selected]);
  const toggle = useCallback(
    (path: string) => select(path === shown.current ? null : path),
    [select],
  );
  const { text, versions, name, version } = definition;
  const parsed = useMemo(() => (text === null ? undefined : parseJsonWorkflow(text)), [text]);
  const workflow = parsed?.workflow;
  const problems = [
    ...(parsed?.problems ?? []),
    ...(parsed?.workflow ? listNotExecuted(parsed.workflow) : []),
  ];
  const graph = useMemo(() => workflow && buildGraph(workflow), [workflow]);
  const node = graph?.nodes.find(({ path }) => path === selected);
  return (
    <Panes
      graph={
        graph && workflow ? (
          <>
            <GraphPane
              graph={graph}
              statuses={NO_STATES}
              live={false}
              selected={selected}
              onSelect={select}
              onToggle={toggle}
              exports={{ name: `${name}-${version}`, workflow }}
            />
            {node && <NodeInspector node={node} workflow={workflow} onClose={() => select(null)} />}
          </>
        ) : (
          <EmptyState icon="file-question" title="Cannot draw this definition">
            {text === null ? "The definition is too large." : problems[0]?.message}
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
          ...(graph
            ? [{ id: "operators" as const, label: "Operators", count: graph.nodes.length }]
            : []),
          ...(problems.length > 0
            ? [{ id: "problems" as const, label: "Problems", count: problems.length }]
            : []),
          { id: "versions", label: "Versions", count: versions.length },
          ...(text === null ? [] : [{ id: "definition" as const, label: "Definition" }]),
        ]}
      >
        {tab === "about" && <DefinitionAbout workflow={workflow} problems={problems} />}
        {tab === "operators" && graph && workflow && (
          <DefinitionOperators
            graph={graph}
            workflow={workflow}
            selected={selected}
            onSelect={select}
          />
        )}
        {tab === "problems" && <DefinitionProblems problems={problems} />}
        {tab === "versions" && <DefinitionVersions definition={definition} />}
        {tab === "definition" && text !== null && (
          <PayloadView payload={{ bytes: text.length, text }} />
        )}
      </Tabs>
    </Panes>
  );
}
