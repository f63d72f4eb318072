"use client";
import type { ReactNode } from "react";
import { Icon } from "@/components/ui/icons/icon";
import type { IconName } from "@/components/ui/icons/icon-names";
import { Dialog } from "@/components/ui/overlay/dialog";
import { Kbd } from "@/components/ui/text/kbd";
import { cn } from "@/lib/cn";
import { ACTION_WORDS } from "./action-words";
import { type Availability, type Obstacle, TASK_ACTIONS, type TaskAction } from "./availability";

/** All actions on a task, each with its effect or the reason why it isn't available. */
export function ActionSheet({
  available,
  spawn,
  onChoose,
  onClose,
}: {
  available: Availability;
  /** Why no task can be spawned, if so. */
  spawn: Obstacle;
  onChoose: (action: TaskAction | "spawn") => void;
  onClose: () => void;
}) {
  return (
    <Dialog title="Actions" onClose={onClose}>
      <ul className="-mx-2">
        {TASK_ACTIONS.map((action) => (
          <Line
            key={action}
            {...ACTION_WORDS[action]}
            obstacle={available[action]}
            onClick={() => onChoose(action)}
          />
        ))}
        <Line
          label="Spawn task"
          description="New task in this queue"
          hotkey="n"
          icon="plus"
          obstacle={spawn}
          onClick={() => onChoose("spawn")}
        />
      </ul>
    </Dialog>
  );
}

function Line({
  label,
  description,
  hotkey,
  icon,
  obstacle,
  onClick,
}: {
  label: string;
  description: ReactNode;
  hotkey: string;
  icon: IconName;
  obstacle: Obstacle;
  onClick: () => void;
}) {
  const off = obstacle !== null;
  return (
    <li>
      <button
        type="button"
        aria-disabled={off}
        onClick={off ? undefined : onClick}
        className={cn(
          "flex min-h-11 w-full items-center gap-3 rounded-2 px-2 py-1 text-left",
          off ? "cursor-default text-ink-3" : "hover:bg-hover",
        )}
      >
        <Icon name={icon} className="shrink-0 text-ink-3" />
        <span className="min-w-0 flex-1">
          <span className="block font-medium">{label}</span>
          <span className={cn("block text-12", off ? "text-ink-3" : "text-ink-2")}>
            {obstacle ?? description}
          </span>
        </span>
        {!off && <Kbd>{hotkey}</Kbd>}
      </button>
    </li>
  );
}
