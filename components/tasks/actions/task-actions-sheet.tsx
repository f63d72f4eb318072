"use client";
import type { ReactNode } from "react";
import { Icon } from "@/components/ui/icons/icon";
import type { IconName } from "@/components/ui/icons/icon-names";
import { Dialog } from "@/components/ui/overlay/dialog";
import { Kbd } from "@/components/ui/text/kbd";
import { cn } from "@/lib/cn";
import type { Availability, Obstacle, TaskAction } from "./availability";
import { TASK_ACTION_WORDS } from "./task-actions-words";

/** Every action on a task: what it does, or why it cannot be taken now. */
export function ActionSheet({
  available,
  onChoose,
  onClose,
}: {
  available: Availability;
  onChoose: (action: TaskAction | "spawn") => void;
  onClose: () => void;
}) {
  return (
    <Dialog title="Actions" onClose={onClose}>
      <ul className="-mx-2">
        {TASK_ACTION_WORDS.map((words) => (
          <Line
            key={words.action}
            {...words}
            obstacle={available[words.action]}
            onClick={() => onChoose(words.action)}
          />
        ))}
        <Line
          label="Spawn a task"
          means="A new task in this queue"
          hotkey="n"
          icon="plus"
          obstacle={null}
          onClick={() => onChoose("spawn")}
        />
      </ul>
    </Dialog>
  );
}

function Line({
  label,
  means,
  hotkey,
  icon,
  obstacle,
  onClick,
}: {
  label: string;
  means: ReactNode;
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
            {obstacle ?? means}
          </span>
        </span>
        {!off && <Kbd>{hotkey}</Kbd>}
      </button>
    </li>
  );
}
