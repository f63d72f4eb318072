import { StateBadge, StateLabel } from "@/components/tasks/state/state-label";
import { Icon } from "@/components/ui/icons/icon";
import { Badge } from "@/components/ui/text/badge";
import { TASK_STATES, type TaskState } from "@/lib/model/states";
import type { WorkflowRunSummary } from "@/lib/model/workflow";

/** The task state that a run status corresponds to by name; `undefined` for statuses of other programs. */
export function findState(status: string): TaskState | undefined {
  return TASK_STATES.find((state) => state === status);
}

/** A run's status in a row, with a warning if its root task contradicts it. */
export function RunStatus({ run }: { run: WorkflowRunSummary }) {
  const state = findState(run.status);
  return (
    <span className="inline-flex items-center gap-1.5">
      {state ? <StateLabel state={state} /> : <Badge>{run.status}</Badge>}
      {run.stale && (
        <span
          role="img"
          className="text-pending-solid"
          aria-label={describeStale(run)}
          data-tip={describeStale(run)}
        >
          <Icon name="triangle-alert" size={14} />
        </span>
      )}
    </span>
  );
}

/** A run's status in the page header. */
export function RunStatusBadge({ run }: { run: WorkflowRunSummary }) {
  const state = findState(run.status);
  return state ? <StateBadge state={state} /> : <Badge>{run.status}</Badge>;
}

function describeStale({ storedStatus, stale }: WorkflowRunSummary): string {
  return `Stale: run is ${storedStatus}, root task is ${stale}`;
}
