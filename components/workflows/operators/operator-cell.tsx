import { Td } from "@/components/ui/data/table";
import type { WorkflowGraph } from "@/lib/highway/graph/graph";

/** A table cell with an operator's path. Clicking toggles its selection, in the graph too. */
export function OperatorCell({
  node,
  selected,
  onSelect,
  className,
}: {
  node: WorkflowGraph["nodes"][number];
  selected: boolean;
  onSelect: (path: string | null) => void;
  className?: string;
}) {
  return (
    <Td className={className}>
      <button
        type="button"
        dir="auto"
        aria-pressed={selected}
        data-tip={node.path}
        onClick={() => onSelect(selected ? null : node.path)}
        className="mono block max-w-full truncate text-left hover:text-accent-text hover:underline"
      >
        {node.path}
      </button>
    </Td>
  );
}
