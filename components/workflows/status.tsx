import { StateBadge, StateLabel } from "@/components/tasks/state/state-label";
import { Icon } from "@/components/ui/icons/icon";
import { Badge } from "@/components/ui/text/badge";
import { TASK_STATES, type TaskState } from "@/lib/model/states";
import type { WorkflowRunSummary } from "@/lib/model/workflow";

/** The state that looks like this status; `undefined` for words of other programs. */
export function stateOf(status: string): TaskState | undefined {
  return TASK_STATES.find((state) => state === status);
}

/** A run's status in a row, with a mark when its root task tells otherwise. */
export function RunStatus({ run }: { run: WorkflowRunSummary }) {
  const state = stateOf(run.status);
  return (
    <span className="inline-flex items-center gap-1.5">
      {state ? <StateLabel state={state} /> : <Badge>{run.status}</Badge>}
      {run.stale && (
        <span
          role="img"
          className="text-pending-solid"
          aria-label={staleWords(run)}
          title={staleWords(run)}
        >
          <Icon name="triangle-alert" size={14} />
        </span>
      )}
    </span>
  );
}

/** The same for the subject of a page. */
export function RunStatusBadge({ run }: { run: WorkflowRunSummary }) {
  const state = stateOf(run.status);
  return state ? <StateBadge state={state} /> : <Badge>{run.status}</Badge>;
}

function staleWords({ storedStatus, stale }: WorkflowRunSummary): string {
  return `Stale: the row says ${storedStatus}, its root task is ${stale}`;
}
