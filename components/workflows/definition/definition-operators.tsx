import { Td, Th } from "@/components/ui/data/table";
import { formatNumber } from "@/lib/format";
import type { GraphEdge, WorkflowGraph } from "@/lib/highway/graph/graph";
import type { DefinitionView } from "@/lib/highway/view/definition-view";
import { groupBy } from "@/lib/model/group-by";
import { describeKind } from "../graph/node-text";
import { OperatorCell } from "../operators/operator-cell";
import { OperatorRows } from "../operators/operator-rows";

/** The operators as a table: kind, predecessors and settings. */
export function DefinitionOperators({
  graph,
  settings,
  selected,
  onSelect,
}: {
  graph: WorkflowGraph;
  settings: DefinitionView["settings"];
  selected: string | null;
  onSelect: (path: string | null) => void;
}) {
  const incoming = groupBy(graph.edges, ({ to }) => to);
  const ids = new Map(graph.nodes.map(({ path, id }) => [path, id]));
  return (
    <OperatorRows
      nodes={graph.nodes}
      selected={selected}
      head={
        <tr>
          <Th className="pl-4!">Operator</Th>
          <Th className="w-32">Kind</Th>
          <Th className="w-40">After</Th>
          <Th>Settings</Th>
        </tr>
      }
      cells={(node) => {
        const after = formatAfter(incoming.get(node.path) ?? [], ids);
        const text = settings[node.path]
          ?.map(({ label, value }) => `${label}: ${value}`)
          .join(" · ");
        return (
          <>
            <OperatorCell
              node={node}
              selected={node.path === selected}
              onSelect={onSelect}
              className="max-w-72 pl-4!"
            />
            <Td className="truncate text-ink-2">{describeKind(node)}</Td>
            <Td className="max-w-60 truncate text-ink-2" data-tip={after}>
              {after || (node.isStart ? "start" : "–")}
            </Td>
            <Td className="max-w-160 truncate text-ink-2" data-tip={text}>
              {text}
            </Td>
          </>
        );
      }}
    />
  );
}

const MOST_AFTER = 20;

/** An operator's predecessors with the labels of their edges. */
function formatAfter(edges: readonly GraphEdge[], ids: ReadonlyMap<string, string>): string {
  const shown = edges.slice(0, MOST_AFTER).map(({ from, label }) => {
    const id = ids.get(from) ?? from;
    return label ? `${id} (${label})` : id;
  });
  const rest = edges.length - shown.length;
  return [...shown, ...(rest > 0 ? [`and ${formatNumber(rest)} more`] : [])].join(", ");
}
