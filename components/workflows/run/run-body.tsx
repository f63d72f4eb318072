"use client";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { Tabs } from "@/components/ui/data/tabs";
import { EmptyState } from "@/components/ui/feedback/empty-state";
import { useClock } from "@/components/ui/text/clock";
import { buildGraph } from "@/lib/highway/graph/graph";
import { parseJsonWorkflow } from "@/lib/highway/language/parse-json";
import { computeOperatorStates } from "@/lib/highway/view/operator-states";
import type { TaskHistory } from "@/lib/highway/view/records";
import { createResolver } from "@/lib/highway/view/resolve-step";
import { toInstant, toMs } from "@/lib/model/instants";
import type { RunDefinition, WorkflowRunDetail } from "@/lib/model/workflow";
import { buildTimeline } from "@/lib/timeline/build-timeline";
import { GraphPane } from "../graph/graph-pane";
import { isRunActive } from "../list/run-duration";
import { NodeInspector } from "../operators/node-inspector";
import { OperatorTable } from "../operators/operator-table";
import { Panes } from "../panes";
import { RunTimeline } from "../timeline/run-timeline";
import { RunTasks } from "./run-tasks";
import { RunValues } from "./run-values";

const TABS = ["timeline", "tasks", "operators", "values", "definition"] as const;
const parsers = {
  tab: parseAsStringLiteral(TABS).withDefault("timeline"),
  node: parseAsString,
};

/** The graph beside tabs with timeline, tasks, operators and values. Selecting an operator marks it in all of them. */
export function RunBody({
  detail,
  definition,
  failed,
}: {
  detail: WorkflowRunDetail;
  definition: RunDefinition | null | undefined;
  /** Why loading the definition failed. */
  failed: string | undefined;
}) {
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
  const { run } = detail;
  const live = isRunActive(run);
  const clock = useClock((time) => (live ? Math.floor(time / 1_000) * 1_000 : 0));
  const now = Math.max(clock, toMs(detail.now));
  const text = definition?.text;
  const parsed = useMemo(() => (text === undefined ? undefined : parseJsonWorkflow(text)), [text]);
  const workflow = parsed?.workflow;
  const graph = useMemo(() => workflow && buildGraph(workflow), [workflow]);
  const histories = useMemo(() => toHistories(detail, now), [detail, now]);
  // Durations of active operators grow in the graph; states change only with new data.
  const statuses = useMemo(
    () =>
      workflow && graph
        ? computeOperatorStates(workflow, graph, detail, toHistories(detail, toMs(detail.now)))
        : new Map(),
    [workflow, graph, detail],
  );
  const resolve = useMemo(() => createResolver(graph?.nodes ?? []), [graph]);
  const node = graph?.nodes.find(({ path }) => path === selected);

  return (
    <Panes
      graph={
        graph && workflow ? (
          <>
            <GraphPane
              graph={graph}
              statuses={statuses}
              live={live}
              selected={selected}
              onSelect={select}
              onToggle={toggle}
              exports={{ name: `${run.name}-${run.version}`, workflow }}
            />
            {node && (
              <NodeInspector
                node={node}
                workflow={workflow}
                run={{ status: statuses.get(node.path), detail, histories, resolve }}
                onClose={() => select(null)}
              />
            )}
          </>
        ) : (
          <NoGraph definition={definition} problem={failed ?? parsed?.problems[0]?.message} />
        )
      }
    >
      <Tabs
        label="Run views"
        selected={tab}
        onSelect={(next) => setState({ tab: next })}
        tabs={[
          { id: "timeline", label: "Timeline" },
          { id: "tasks", label: "Tasks", count: detail.tasks.length },
          ...(graph
            ? [{ id: "operators" as const, label: "Operators", count: graph.nodes.length }]
            : []),
          { id: "values", label: "Inputs and result" },
          ...(text === undefined ? [] : [{ id: "definition" as const, label: "Definition" }]),
        ]}
      >
        {tab === "timeline" &&
          (histories.length > 0 ? (
            <RunTimeline
              histories={histories}
              detail={detail}
              now={now}
              resolve={resolve}
              selected={selected}
              onSelect={select}
            />
          ) : (
            <EmptyState icon="file-question" title="No tasks of this run found">
              They may not be spawned yet, or have been cleaned up.
            </EmptyState>
          ))}
        {tab === "tasks" && <RunTasks detail={detail} />}
        {tab === "operators" && graph && (
          <OperatorTable graph={graph} statuses={statuses} selected={selected} onSelect={select} />
        )}
        {(tab === "values" || tab === "definition") && (
          <RunValues detail={detail} definition={tab === "definition" ? text : undefined} />
        )}
      </Tabs>
    </Panes>
  );
}

function toHistories(detail: WorkflowRunDetail, now: number): TaskHistory[] {
  return detail.tasks.map((task) => ({
    detail: task,
    timeline: buildTimeline(task, toInstant(now)),
  }));
}

function NoGraph({
  definition,
  problem,
}: {
  definition: RunDefinition | null | undefined;
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
