import { CircleCheck, CircleSlash, LoaderCircle, OctagonX } from "lucide-react";
import type { BulkState } from "@/lib/bulk/vocabulary";
import { cn } from "@/lib/cn";
import { STATE_WORDS } from "./bulk-words";

const LOOKS = {
  collecting: { icon: LoaderCircle, look: "text-running" },
  running: { icon: LoaderCircle, look: "text-running" },
  done: { icon: CircleCheck, look: "text-completed" },
  aborted: { icon: CircleSlash, look: "text-cancelled" },
  failed: { icon: OctagonX, look: "text-failed" },
} as const;

/** Sign and word of where a bulk operation stands. */
export function BulkStateLabel({ state }: { state: BulkState }) {
  const { icon: Icon, look } = LOOKS[state];
  return (
    <span className={cn("inline-flex items-center gap-1.5 whitespace-nowrap align-top", look)}>
      <Icon size={14} strokeWidth={1.5} aria-hidden />
      {STATE_WORDS[state]}
    </span>
  );
}
