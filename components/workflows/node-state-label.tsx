import { Ban } from "lucide-react";
import { StateLabel } from "@/components/tasks/state-badge";
import type { NodeStatus } from "./node-states";

/** Sign and word of an operator's state; what is deduced says so. */
export function NodeStateLabel({ status }: { status: NodeStatus | undefined }) {
  if (!status) return <span className="text-ink-3">–</span>;
  if (status.state === "skipped")
    return (
      <span className="inline-flex items-center gap-1.5 text-ink-3">
        <Ban size={14} strokeWidth={1.5} aria-hidden />
        not run
      </span>
    );
  return (
    <span
      className="inline-flex items-center gap-1.5"
      title={status.inferred ? "Deduced: the engine records an operator when it ends" : undefined}
    >
      <StateLabel state={status.state} />
      {status.inferred && <span className="text-12 text-ink-3">inferred</span>}
    </span>
  );
}
