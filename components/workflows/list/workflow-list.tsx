"use client";
import { useQuery } from "@tanstack/react-query";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { Tabs } from "@/components/ui/data/tabs";
import { SkeletonRows } from "@/components/ui/feedback/skeleton";
import { workflowDefinitionsQuery } from "@/lib/query/workflows";
import { DefinitionList } from "../definition/definition-list";
import { RunList } from "./run-list";

const parseAsView = parseAsStringLiteral(["runs", "definitions"]).withDefault("runs");

/** Workflow runs and definitions, in tabs. */
export function WorkflowList() {
  const [view, setView] = useQueryState("view", parseAsView);
  const definitions = useQuery(workflowDefinitionsQuery());
  const list = definitions.data?.definitions ?? [];
  const names = [...new Set(list.map((definition) => definition.name))];
  return (
    <div className="flex min-h-0 flex-1 flex-col bg-surface pt-1 [&>[role=tabpanel]]:flex [&>[role=tabpanel]]:min-h-0 [&>[role=tabpanel]]:flex-1 [&>[role=tabpanel]]:flex-col">
      <h1 className="sr-only">Workflows</h1>
      <Tabs
        label="Workflows"
        selected={view}
        onSelect={setView}
        tabs={[
          { id: "runs", label: "Runs" },
          { id: "definitions", label: "Definitions", count: list.length || undefined },
        ]}
      >
        {view === "runs" ? <RunList names={names} /> : <DefinitionList query={definitions} />}
      </Tabs>
    </div>
  );
}

export function WorkflowListSkeleton() {
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-hidden bg-surface">
      <div className="h-22 shrink-0 border-b" />
      <SkeletonRows rows={20} columns={7} />
    </div>
  );
}
