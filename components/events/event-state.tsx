import { Icon } from "@/components/ui/icons/icon";
import type { IconName } from "@/components/ui/icons/icon-names";
import { cn } from "@/lib/cn";
import type { EventSummary } from "@/lib/model/event";

/** The state of an event in words that do not overstate it: only what a run waits for is awaited. */
export function EventStateLabel({ event }: { event: EventSummary }) {
  const { icon, words, title, className } = describe(event);
  return (
    <span
      title={title}
      className={cn("inline-flex items-center gap-1.5 align-top", className.text)}
    >
      <Icon name={icon} size={14} className={className.icon} />
      {words}
    </span>
  );
}

type Described = {
  icon: IconName;
  words: string;
  title?: string;
  className: { icon: string; text: string };
};

function describe({ state, overdue }: EventSummary): Described {
  if (state === "emitted")
    return {
      icon: "circle-check",
      words: "emitted",
      className: { icon: "text-completed-solid", text: "" },
    };
  if (state === "asked")
    return {
      icon: "circle-help",
      words: "asked for",
      title: "A task asked for it once; it was never emitted and nobody waits for it now",
      className: { icon: "text-ink-3", text: "text-ink-3" },
    };
  if (overdue > 0)
    return {
      icon: "timer-off",
      words: "time-out due",
      title: "A time-out has passed; the waiting run goes on without the event when it is claimed",
      className: { icon: "text-pending-solid", text: "font-medium text-pending" },
    };
  return {
    icon: "circle-dashed",
    words: "awaited",
    className: { icon: "text-sleeping-solid", text: "" },
  };
}
