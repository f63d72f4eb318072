import { workflowRunPath } from "@/components/layout/paths";
import { Link } from "@/components/ui/text/link";
import type { NodeStatus } from "@/lib/highway/view/operator-states";
import type { RunView } from "@/lib/highway/view/run-view";

/** Links to the child workflows of an operator, with their status. */
export function ChildLinks({ view, started }: { view: RunView; started: NodeStatus["children"] }) {
  const runs = new Map(view.children.map((run) => [run.workflowRunId, run]));
  return (
    <span className="flex flex-wrap gap-x-3">
      {started.map(({ name, workflowRunId }) => (
        <span key={workflowRunId}>
          <Link href={workflowRunPath(workflowRunId)} className="text-accent-text hover:underline">
            {name}
          </Link>{" "}
          <span className="text-ink-2">{runs.get(workflowRunId)?.status ?? "not found"}</span>
        </span>
      ))}
    </span>
  );
}
