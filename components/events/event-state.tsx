import { CircleCheck, CircleDashed, CircleHelp, TimerOff } from "lucide-react";
import type { EventSummary } from "@/lib/analytics/types";
import { cn } from "@/lib/cn";

/** The state of an event in words that do not overstate it: only what a run waits for is awaited. */
export function EventStateLabel({ event }: { event: EventSummary }) {
  const { icon: Icon, words, title, className } = describe(event);
  return (
    <span
      title={title}
      className={cn("inline-flex items-center gap-1.5 align-top", className.text)}
    >
      <Icon size={14} strokeWidth={1.5} aria-hidden className={className.icon} />
      {words}
    </span>
  );
}

function describe({ state, overdue }: EventSummary) {
  if (state === "emitted")
    return {
      icon: CircleCheck,
      words: "emitted",
      title: undefined,
      className: { icon: "text-completed-solid", text: "" },
    };
  if (state === "asked")
    return {
      icon: CircleHelp,
      words: "asked for",
      title: "A task asked for it once; it was never emitted and nobody waits for it now",
      className: { icon: "text-ink-3", text: "text-ink-3" },
    };
  if (overdue > 0)
    return {
      icon: TimerOff,
      words: "time-out due",
      title: "A time-out has passed; the waiting run goes on without the event when it is claimed",
      className: { icon: "text-pending-solid", text: "font-medium text-pending" },
    };
  return {
    icon: CircleDashed,
    words: "awaited",
    title: undefined,
    className: { icon: "text-sleeping-solid", text: "" },
  };
}
