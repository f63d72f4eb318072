import { EmptyState } from "@/components/ui/feedback/empty-state";
import { Button } from "@/components/ui/form/button";
import type { WorkflowTables } from "@/lib/model/workflow";

/** Why the list of runs is empty, and what to do about it. */
export function NoRuns({
  tables,
  filtered,
  onClear,
}: {
  tables: WorkflowTables;
  filtered: boolean;
  onClear: () => void;
}) {
  if (!tables.runs)
    return (
      <EmptyState icon="workflow" title="This database keeps no workflow runs">
        <p>
          There is no table <code className="mono">public.workflow_run</code>. Tasks work without
          it; to record runs that span tasks, install it:
        </p>
        <pre className="mono mt-3 overflow-x-auto rounded-2 border bg-canvas px-3 py-2 text-left">
          npm run db:migrate
        </pre>
      </EmptyState>
    );
  if (filtered)
    return (
      <EmptyState
        icon="workflow"
        title="No run matches"
        actions={
          <Button variant="primary" onClick={onClear}>
            Remove all filters
          </Button>
        }
      >
        Names, versions and tags are matched whole and as written.
      </EmptyState>
    );
  return (
    <EmptyState icon="workflow" title="No workflow run yet">
      Runs appear here when a program records one:{" "}
      <code className="mono">createWorkflowRun(db, queue, …)</code>
    </EmptyState>
  );
}
