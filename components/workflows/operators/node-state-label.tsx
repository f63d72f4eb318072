import { StateLabel } from "@/components/tasks/state/state-label";
import { Icon } from "@/components/ui/icons/icon";
import { NoValue } from "@/components/ui/text/count";
import type { NodeStatus } from "@/lib/highway/view/operator-states";
import { formatState, getStateIcon } from "../graph/node-text";

/** Icon and word for an operator's state, with a hint if the state is inferred. */
export function NodeStateLabel({ status }: { status: NodeStatus | undefined }) {
  if (!status) return <NoValue />;
  const state = getStateIcon(status.state);
  if (!state)
    return (
      <span className="inline-flex items-center gap-1.5 whitespace-nowrap text-ink-3">
        <Icon name="ban" size={14} />
        {formatState(status)}
      </span>
    );
  const word = formatState(status);
  return (
    <span
      className="inline-flex items-center gap-1.5 whitespace-nowrap"
      data-tip={status.inferred ? "Inferred: an operator is recorded only when it ends" : undefined}
    >
      <StateLabel state={state} />
      {word !== state && (
        <span className="text-12 text-ink-3">{word.replace(/^failed, /, "")}</span>
      )}
    </span>
  );
}
