"use client";
import { Ban, CalendarClock, type LucideIcon, RotateCcw, Zap } from "lucide-react";
import dynamic from "next/dynamic";
import { type ReactNode, useState } from "react";
import { Button, type ButtonVariant } from "@/components/ui/button";
import { useHotkeys } from "@/components/ui/hotkeys";
import { Kbd } from "@/components/ui/kbd";
import { Tooltip } from "@/components/ui/tooltip";
import type { TaskDetail } from "@/lib/analytics/types";
import type { SuggestedAction } from "@/lib/diagnosis/facts";
import { availableActions, type Obstacle } from "./availability";
import { Verdict } from "./verdict";

const CancelDialog = dynamic(() => import("./cancel-dialog").then((m) => m.CancelDialog));
const RetryDialog = dynamic(() => import("./retry-dialog").then((m) => m.RetryDialog));
const RescheduleDialog = dynamic(() =>
  import("./reschedule-dialog").then((m) => m.RescheduleDialog),
);
const EmitDialog = dynamic(() => import("../events/emit-dialog").then((m) => m.EmitDialog));

type Action = "cancel" | "retry" | "reschedule" | "emit";

const BUTTONS: readonly {
  action: Action;
  label: string;
  hotkey: string;
  icon: LucideIcon;
  variant: ButtonVariant;
}[] = [
  { action: "retry", label: "Retry", hotkey: "t", icon: RotateCcw, variant: "default" },
  {
    action: "reschedule",
    label: "Reschedule",
    hotkey: "s",
    icon: CalendarClock,
    variant: "default",
  },
  { action: "emit", label: "Emit event", hotkey: "e", icon: Zap, variant: "default" },
  { action: "cancel", label: "Cancel", hotkey: "c", icon: Ban, variant: "danger" },
];

/** What a verdict suggests, as the action that does it; some have no action yet. */
const SUGGESTED: Partial<Record<SuggestedAction["kind"], [action: Action, label: string]>> = {
  cancel: ["cancel", "Cancel task"],
  retry: ["retry", "Retry"],
  "run-now": ["reschedule", "Run now"],
  "emit-event": ["emit", "Emit event"],
};

/** The subject of the page with what can be done about it, and the verdict under it. */
export function TaskActions({ detail, title }: { detail: TaskDetail; title: ReactNode }) {
  const [open, setOpen] = useState<Action | null>(null);
  const available = availableActions(detail);
  const start = (action: Action) =>
    available[action] === null ? () => setOpen(action) : undefined;
  useHotkeys(Object.fromEntries(BUTTONS.map(({ action, hotkey }) => [hotkey, start(action)])));
  const close = () => setOpen(null);
  return (
    <>
      <div className="flex flex-wrap items-start gap-2">
        {title}
        <div className="flex w-full flex-wrap gap-2 wide:w-auto">
          {BUTTONS.map((button) => (
            <ActionButton
              key={button.action}
              {...button}
              obstacle={available[button.action]}
              onClick={start(button.action)}
            />
          ))}
        </div>
      </div>
      <Verdict
        detail={detail}
        action={(suggested) => {
          const [action, label] = SUGGESTED[suggested.kind] ?? [];
          if (!action || available[action] !== null) return null;
          return (
            <Button variant="primary" onClick={() => setOpen(action)}>
              {label}
            </Button>
          );
        }}
      />
      {open === "cancel" && <CancelDialog detail={detail} onClose={close} />}
      {open === "retry" && <RetryDialog detail={detail} onClose={close} />}
      {open === "reschedule" && available.run && (
        <RescheduleDialog detail={detail} run={available.run} onClose={close} />
      )}
      {open === "emit" && (
        <EmitDialog queue={detail.task.queue} name={available.event} onClose={close} />
      )}
    </>
  );
}

function ActionButton({
  label,
  hotkey,
  icon: Icon,
  variant,
  obstacle,
  onClick,
}: {
  label: string;
  hotkey: string;
  icon: LucideIcon;
  variant: ButtonVariant;
  obstacle: Obstacle;
  onClick: (() => void) | undefined;
}) {
  const content = (
    <>
      <Icon size={14} strokeWidth={1.5} aria-hidden />
      {label}
      <Kbd>{hotkey}</Kbd>
    </>
  );
  if (obstacle === null) {
    return (
      <Button variant={variant} onClick={onClick} className="flex-1 wide:flex-none">
        {content}
      </Button>
    );
  }
  return (
    <Tooltip text={obstacle} className="max-wide:hidden">
      {(describedBy) => (
        <Button variant={variant} aria-disabled aria-describedby={describedBy}>
          {content}
        </Button>
      )}
    </Tooltip>
  );
}
