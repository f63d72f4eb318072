import { Table, Td, Th } from "@/components/ui/data/table";
import { cn } from "@/lib/cn";
import type { WorkflowGraph } from "@/lib/highway/graph/graph";
import type { Workflow } from "@/lib/highway/model/workflow";
import { describeType } from "../graph/node-text";
import { listInReadingOrder } from "../graph/reading-order";
import { OperatorCell } from "../operators/operator-cell";
import { listSettings } from "../operators/operator-settings";

/** The operators as a table: kind, predecessors and settings. */
export function DefinitionOperators({
  graph,
  workflow,
  selected,
  onSelect,
}: {
  graph: WorkflowGraph;
  workflow: Workflow;
  selected: string | null;
  onSelect: (path: string | null) => void;
}) {
  const before = new Map<string, string[]>();
  const ids = new Map(graph.nodes.map(({ path, id }) => [path, id]));
  for (const { from, to, label } of graph.edges) {
    const id = ids.get(from) ?? from;
    before.set(to, [...(before.get(to) ?? []), label ? `${id} (${label})` : id]);
  }
  return (
    <Table>
      <thead className="bg-canvas">
        <tr>
          <Th className="pl-4!">Operator</Th>
          <Th>Kind</Th>
          <Th>After</Th>
          <Th>Settings</Th>
        </tr>
      </thead>
      <tbody>
        {listInReadingOrder(graph).map((node) => {
          const isSelected = node.path === selected;
          return (
            <tr key={node.path} className={cn("hover:bg-hover", isSelected && "bg-accent-soft")}>
              <OperatorCell
                node={node}
                selected={isSelected}
                onSelect={onSelect}
                className="max-w-72 pl-4!"
              />
              <Td className="text-ink-2">{describeType(node.type)[1]}</Td>
              <Td
                className="max-w-60 truncate text-ink-2"
                data-tip={before.get(node.path)?.join(", ")}
              >
                {before.get(node.path)?.join(", ") ?? (node.isStart ? "start" : "–")}
              </Td>
              <Td className="text-ink-2">
                {listSettings(workflow, node)
                  .map(([label, value]) => `${label}: ${value}`)
                  .join(" · ")}
              </Td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}
