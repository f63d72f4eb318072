import { taskPath } from "@/components/layout/paths";
import { Table, Td, Th } from "@/components/ui/data/table";
import { NoValue } from "@/components/ui/text/count";
import { Link } from "@/components/ui/text/link";
import { cn } from "@/lib/cn";
import { formatDuration } from "@/lib/format";
import type { WorkflowGraph } from "@/lib/highway/graph/graph";
import type { NodeStatus } from "@/lib/highway/view/operator-states";
import { describeType, formatRounds } from "../graph/node-text";
import { listInReadingOrder } from "../graph/reading-order";
import { NodeStateLabel } from "./node-state-label";
import { OperatorCell } from "./operator-cell";

/** The table twin of the graph. */
export function OperatorTable({
  graph,
  statuses,
  selected,
  onSelect,
}: {
  graph: WorkflowGraph;
  statuses: ReadonlyMap<string, NodeStatus>;
  selected: string | null;
  onSelect: (path: string | null) => void;
}) {
  return (
    <Table>
      <thead className="bg-canvas">
        <tr>
          <Th className="pl-4!">State</Th>
          <Th>Operator</Th>
          <Th>Kind</Th>
          <Th numeric>Attempts</Th>
          <Th numeric>Duration</Th>
          <Th>Task</Th>
        </tr>
      </thead>
      <tbody>
        {listInReadingOrder(graph).map((node) => {
          const status = statuses.get(node.path);
          const isSelected = node.path === selected;
          return (
            <tr key={node.path} className={cn("hover:bg-hover", isSelected && "bg-accent-soft")}>
              <Td className="pl-4!">
                <NodeStateLabel status={status} />
              </Td>
              <OperatorCell
                node={node}
                selected={isSelected}
                onSelect={onSelect}
                className="max-w-72"
              />
              <Td className="text-ink-2">
                {describeType(node.type)[1]}
                {status?.rounds && `, ${formatRounds(status)}`}
                {status && !status.rounds && status.results > 1 && ` × ${status.results}`}
              </Td>
              <Td numeric>{status?.attempts || <NoValue />}</Td>
              <Td numeric>
                {status && status.took !== null ? formatDuration(status.took) : <NoValue />}
              </Td>
              <Td>
                {status?.task && (
                  <Link
                    href={taskPath(status.task.queue, status.task.taskId)}
                    className="text-accent-text hover:underline"
                  >
                    Open
                  </Link>
                )}
              </Td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}
