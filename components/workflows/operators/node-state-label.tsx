import { StateLabel } from "@/components/tasks/state/state-label";
import { Icon } from "@/components/ui/icons/icon";
import { NoValue } from "@/components/ui/text/count";
import type { NodeStatus } from "@/lib/highway/view/operator-states";
import { signOf, wordOf } from "../graph/node-words";

/** Sign and word of an operator's state; what is deduced says so. */
export function NodeStateLabel({ status }: { status: NodeStatus | undefined }) {
  if (!status) return <NoValue />;
  const state = signOf(status.state);
  if (!state)
    return (
      <span className="inline-flex items-center gap-1.5 whitespace-nowrap text-ink-3">
        <Icon name="ban" size={14} />
        {wordOf(status)}
      </span>
    );
  const word = wordOf(status);
  return (
    <span
      className="inline-flex items-center gap-1.5 whitespace-nowrap"
      title={status.inferred ? "Deduced: the engine records an operator when it ends" : undefined}
    >
      <StateLabel state={state} />
      {word !== state && (
        <span className="text-12 text-ink-3">{word.replace(/^failed, /, "")}</span>
      )}
    </span>
  );
}
