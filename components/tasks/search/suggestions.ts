import type { SuggestedAction } from "@/lib/diagnosis/facts";
import type { TaskAction } from "../actions/availability";

/** What a verdict suggests, as the action that does it and the words on its button. */
export const SUGGESTIONS: Record<
  SuggestedAction["kind"],
  {
    action: TaskAction;
    label: string;
    /** Offered, but not urged: what it is about may well end by itself. */
    quiet?: true;
  }
> = {
  cancel: { action: "cancel", label: "Cancel task" },
  retry: { action: "retry", label: "Retry" },
  "run-again": { action: "run-again", label: "Run again" },
  "run-now": { action: "reschedule", label: "Run now" },
  "extend-lease": { action: "extend-lease", label: "Extend lease", quiet: true },
  "emit-event": { action: "emit", label: "Emit event" },
};
