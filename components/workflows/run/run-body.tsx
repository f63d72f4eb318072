"use client";
import { useQueryClient } from "@tanstack/react-query";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { Tabs } from "@/components/ui/data/tabs";
import { Banner } from "@/components/ui/feedback/banner";
import { EmptyState } from "@/components/ui/feedback/empty-state";
import type { RunDefinitionView } from "@/lib/analytics/workflow-views";
import type { NodeStatus } from "@/lib/highway/view/operator-states";
import type { RunView } from "@/lib/highway/view/run-view";
import { getOwn } from "@/lib/model/get-own";
import { runDefinitionQuery } from "@/lib/query/workflows";
import { GraphPane } from "../graph/graph-pane";
import { isRunActive } from "../list/run-duration";
import { NodeInspector } from "../operators/node-inspector";
import { OperatorTable } from "../operators/operator-table";
import { Panes } from "../panes";
import { RunTimeline } from "../timeline/run-timeline";
import { RunTasks } from "./run-tasks";
import { RunDefinitionText, RunValues } from "./run-values";

const TABS = ["timeline", "tasks", "operators", "values", "definition"] as const;
const parsers = {
  tab: parseAsStringLiteral(TABS).withDefault("timeline"),
  node: parseAsString,
};

/** The graph beside tabs with timeline, tasks, operators and values. Selecting an operator marks it in all of them. */
export function RunBody({
  view,
  definition,
  failed,
}: {
  view: RunView;
  /** `undefined` while loading, `null` if none is stored. */
  definition: RunDefinitionView | null | undefined;
  /** Why loading the definition failed. */
  failed: string | undefined;
}) {
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
  const client = useQueryClient();
  const { run } = view;
  const statuses = useMemo<ReadonlyMap<string, NodeStatus>>(
    () => new Map(Object.entries(view.operators)),
    [view.operators],
  );
  const graph = definition?.graph;
  const node = graph?.nodes.find(({ path }) => path === selected);
  const table = graph && (
    <OperatorTable nodes={graph.nodes} statuses={statuses} selected={selected} onSelect={select} />
  );
  // Without a drawing, the graph pane already shows the table.
  const hasTable = graph && definition.notDrawn === null;
  const tab = wanted === "operators" && definition !== undefined && !hasTable ? "timeline" : wanted;

  return (
    <Panes
      graph={
        graph ? (
          <>
            {view.partial && (
              <Banner tone="plain" icon="circle-help">
                {view.partial}
              </Banner>
            )}
            <GraphPane
              graph={graph}
              notDrawn={definition.notDrawn}
              table={table}
              statuses={statuses}
              live={isRunActive(run)}
              selected={selected}
              onSelect={select}
              onToggle={toggle}
              exports={{
                name: `${run.name}-${run.version}`,
                loadText: async () =>
                  (await client.fetchQuery(runDefinitionQuery(run.workflowRunId))).text,
              }}
            />
            {node && (
              <NodeInspector
                node={node}
                settings={getOwn(definition.settings, node.path) ?? []}
                run={{ view, status: statuses.get(node.path) }}
                onClose={() => select(null)}
              />
            )}
          </>
        ) : (
          <NoGraph
            definition={definition}
            problem={failed ?? definition?.unreadable ?? undefined}
          />
        )
      }
    >
      <Tabs
        label="Run views"
        selected={tab}
        onSelect={(next) => setState({ tab: next })}
        tabs={[
          { id: "timeline", label: "Timeline" },
          { id: "tasks", label: "Tasks", count: view.tasks.length },
          ...(hasTable
            ? [{ id: "operators" as const, label: "Operators", count: graph.nodes.length }]
            : []),
          { id: "values", label: "Inputs and result" },
          ...(definition ? [{ id: "definition" as const, label: "Definition" }] : []),
        ]}
      >
        {tab === "timeline" &&
          (view.tasks.length > 0 ? (
            <RunTimeline view={view} selected={selected} onSelect={select} />
          ) : (
            <EmptyState icon="file-question" title="No tasks of this run found">
              They may not be spawned yet, or have been cleaned up.
            </EmptyState>
          ))}
        {tab === "tasks" && <RunTasks view={view} />}
        {tab === "operators" && table}
        {tab === "values" && <RunValues view={view} />}
        {tab === "definition" && <RunDefinitionText workflowRunId={run.workflowRunId} />}
      </Tabs>
    </Panes>
  );
}

function NoGraph({
  definition,
  problem,
}: {
  definition: RunDefinitionView | null | undefined;
  problem: string | undefined;
}) {
  if (definition === undefined && !problem) return <div aria-busy className="flex-1 bg-canvas" />;
  return (
    <EmptyState
      icon="file-question"
      title={problem ? "Cannot draw the definition" : "Definition not stored"}
    >
      {problem ??
        "The graph needs the definition in workflow_definition or in the root task’s params. Tasks and timeline are complete without it."}
    </EmptyState>
  );
}
