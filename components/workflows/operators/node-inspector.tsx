"use client";
import { taskPath } from "@/components/layout/paths";
import { Fact, Facts } from "@/components/ui/data/facts";
import { Icon } from "@/components/ui/icons/icon";
import { Link } from "@/components/ui/text/link";
import { formatDuration, formatNumber } from "@/lib/format";
import type { GraphNode } from "@/lib/highway/graph/graph";
import type { Setting } from "@/lib/highway/view/operator-settings";
import type { NodeStatus } from "@/lib/highway/view/operator-states";
import type { RunView } from "@/lib/highway/view/run-view";
import { describeType, formatRounds } from "../graph/node-text";
import { EmitAwaited } from "./awaited-event";
import { ChildLinks } from "./child-links";
import { CircuitState } from "./circuit-state";
import { CloseCircuit } from "./close-circuit";
import { NodeRecords } from "./node-records";
import { NodeStateLabel } from "./node-state-label";

/** The selected operator: state, settings and records. */
export function NodeInspector({
  node,
  settings,
  run,
  onClose,
}: {
  node: GraphNode;
  settings: readonly Setting[];
  /** The operator's run; absent for a definition. */
  run?: { view: RunView; status: NodeStatus | undefined };
  onClose: () => void;
}) {
  const status = run?.status;
  return (
    <section
      aria-label={`Operator ${node.id}`}
      className="max-h-[60dvh] shrink-0 overflow-auto border-t bg-surface px-3 py-2 wide:max-h-[45%] wide:px-4"
    >
      <header className="mb-2 flex min-w-0 items-center gap-2">
        <h3
          dir="auto"
          className="mono line-clamp-2 min-w-0 break-all text-left font-semibold"
          data-tip={node.path}
        >
          {node.path}
        </h3>
        {run && <NodeStateLabel status={status} />}
        {status?.awaited && <EmitAwaited awaited={status.awaited} />}
        <button
          type="button"
          aria-label="Close"
          onClick={onClose}
          className="ml-auto grid size-9 shrink-0 place-items-center rounded-2 text-ink-2 hover:bg-active wide:size-6"
        >
          <Icon name="x" size={14} />
        </button>
      </header>
      <Facts>
        <Fact label="Kind">{describeType(node.type)[1]}</Fact>
        {status && status.took !== null && (
          <Fact label="Duration">{formatDuration(status.took)}</Fact>
        )}
        {status && status.attempts > 1 && <Fact label="Attempts">{status.attempts}</Fact>}
        {status?.rounds && <Fact label="Rounds">{formatRounds(status)}</Fact>}
        {status?.turns && <Fact label="Turns">{formatRounds(status)}</Fact>}
        {status?.chosenBranches && (
          <Fact label="Chosen">{status.chosenBranches.join(", ") || "no branch"}</Fact>
        )}
        {status && status.results > 1 && (
          <Fact label="Executions">{formatNumber(status.results)}</Fact>
        )}
        {status?.circuit && (
          <Fact label="Circuit">
            <span className="inline-flex flex-wrap items-center gap-2">
              <CircuitState circuit={status.circuit} />
              <CloseCircuit circuit={status.circuit} />
            </span>
          </Fact>
        )}
        {run && status && status.children.length > 0 && (
          <Fact label="Children">
            <ChildLinks view={run.view} started={status.children} />
          </Fact>
        )}
        {status?.task && (
          <Fact label="Task">
            <Link
              href={taskPath(status.task.queue, status.task.taskId)}
              className="text-accent-text hover:underline"
            >
              Open
            </Link>
          </Fact>
        )}
        {settings.map(({ label, value }) => (
          <Fact key={`${label} ${value}`} label={label}>
            <code className="mono break-all">{value}</code>
          </Fact>
        ))}
      </Facts>
      {status?.failure && (
        <p className="mt-2 break-words rounded-2 border border-failed-line bg-failed-soft px-3 py-1.5">
          <strong className="font-semibold">{status.failure.type}</strong> {status.failure.message}
          {status.isHandled && <span className="text-ink-2"> Handled by its failure handler.</span>}
        </p>
      )}
      {run && (
        <NodeRecords
          workflowRunId={run.view.run.workflowRunId}
          path={node.path}
          asOf={run.view.now}
        />
      )}
    </section>
  );
}
