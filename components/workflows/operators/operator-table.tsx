import { taskPath, workflowRunPath } from "@/components/layout/paths";
import { Td, Th } from "@/components/ui/data/table";
import { NoValue } from "@/components/ui/text/count";
import { Link } from "@/components/ui/text/link";
import { formatDuration, formatNumber } from "@/lib/format";
import type { GraphNode } from "@/lib/highway/graph/graph";
import type { NodeStatus } from "@/lib/highway/view/operator-states";
import { describeKind } from "../graph/node-text";
import { NodeStateLabel } from "./node-state-label";
import { OperatorCell } from "./operator-cell";
import { OperatorRows } from "./operator-rows";

/** The operators of a run's graph as a table. */
export function OperatorTable({
  nodes,
  statuses,
  selected,
  onSelect,
}: {
  nodes: readonly GraphNode[];
  statuses: ReadonlyMap<string, NodeStatus>;
  selected: string | null;
  onSelect: (path: string | null) => void;
}) {
  return (
    <OperatorRows
      nodes={nodes}
      selected={selected}
      head={
        <tr>
          <Th className="w-40 pl-4!">State</Th>
          <Th>Operator</Th>
          <Th className="w-44">Kind</Th>
          <Th numeric className="w-20">
            Attempts
          </Th>
          <Th numeric className="w-24">
            Duration
          </Th>
          <Th className="w-36">Task</Th>
        </tr>
      }
      cells={(node) => {
        const status = statuses.get(node.path);
        return (
          <>
            <Td className="pl-4!">
              <NodeStateLabel status={status} />
            </Td>
            <OperatorCell
              node={node}
              selected={node.path === selected}
              onSelect={onSelect}
              className="max-w-72"
            />
            <Td className="truncate text-ink-2">{describeKind(node, status)}</Td>
            <Td numeric>{status?.attempts || <NoValue />}</Td>
            <Td numeric>
              {status && status.took !== null ? formatDuration(status.took) : <NoValue />}
            </Td>
            <Td>
              {status?.children[0] && status.children.length === 1 && (
                <Link
                  href={workflowRunPath(status.children[0].workflowRunId)}
                  className="text-accent-text hover:underline"
                >
                  Child run
                </Link>
              )}
              {/* The inspector links to each. */}
              {status && status.children.length > 1 && (
                <button
                  type="button"
                  onClick={() => onSelect(node.path)}
                  className="text-accent-text hover:underline"
                >
                  {formatNumber(status.children.length)} child runs
                </button>
              )}{" "}
              {status?.task && (
                <Link
                  href={taskPath(status.task.queue, status.task.taskId)}
                  className="text-accent-text hover:underline"
                >
                  Open
                </Link>
              )}
            </Td>
          </>
        );
      }}
    />
  );
}
