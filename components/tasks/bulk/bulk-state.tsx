import { Icon } from "@/components/ui/icons/icon";
import { cn } from "@/lib/cn";
import type { BulkState } from "@/lib/model/bulk";
import { STATE_WORDS } from "./bulk-words";

const LOOKS = {
  collecting: { icon: "loader-circle", look: "text-running" },
  running: { icon: "loader-circle", look: "text-running" },
  done: { icon: "circle-check", look: "text-completed" },
  aborted: { icon: "circle-slash", look: "text-cancelled" },
  failed: { icon: "octagon-x", look: "text-failed" },
} as const;

/** Sign and word of where a bulk operation stands. */
export function BulkStateLabel({ state }: { state: BulkState }) {
  const { icon, look } = LOOKS[state];
  return (
    <span className={cn("inline-flex items-center gap-1.5 whitespace-nowrap align-top", look)}>
      <Icon name={icon} size={14} />
      {STATE_WORDS[state]}
    </span>
  );
}
