"use client";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useDeeds } from "@/components/layout/palette/page-commands";
import { Verdict } from "@/components/task/verdict";
import { lazyExtra } from "@/components/ui/feedback/lazy-part";
import { Button } from "@/components/ui/form/button";
import { useHotkeys } from "@/components/ui/form/hotkeys";
import { Icon } from "@/components/ui/icons/icon";
import { Kbd } from "@/components/ui/text/kbd";
import type { TaskDetail } from "@/lib/model/task";
import { healthQuery } from "@/lib/query/health";
import { SUGGESTIONS } from "../search/suggestions";
import { availableActions, type TaskAction } from "./availability";
import { TASK_ACTION_WORDS } from "./task-actions-words";

const ActionDialog = lazyExtra(() => import("./task-actions-dialog").then((m) => m.ActionDialog));
const ActionSheet = lazyExtra(() => import("./task-actions-sheet").then((m) => m.ActionSheet));

/** The subject of the page with what can be done about it, and the verdict under it. */
export function TaskActions({ detail, title }: { detail: TaskDetail; title: ReactNode }) {
  const [open, setOpen] = useState<TaskAction | "spawn" | "all" | null>(null);
  const health = useQuery(healthQuery()).data;
  const available = availableActions(detail, {
    tellsVersion: health?.status !== "ok" || health.schemaVersion !== null,
  });
  const start = (action: TaskAction) =>
    available[action] === null ? () => setOpen(action) : undefined;
  useHotkeys({
    ...Object.fromEntries(
      TASK_ACTION_WORDS.map(({ action, hotkey }) => [hotkey, start(action)] as const),
    ),
    n: () => setOpen("spawn"),
    m: () => setOpen("all"),
  });
  useDeeds([
    ...TASK_ACTION_WORDS.filter(({ action }) => available[action] === null).map(
      ({ action, label, means, icon }) => ({
        label,
        note: means,
        icon,
        run: () => setOpen(action),
      }),
    ),
    {
      label: "Copy the task’s id",
      icon: "copy",
      run: () => navigator.clipboard.writeText(detail.task.taskId),
    },
  ]);
  const close = () => setOpen(null);
  return (
    <>
      <div className="flex flex-wrap items-start gap-2">
        {title}
        <div className="flex w-full flex-wrap gap-2 wide:w-auto">
          {TASK_ACTION_WORDS.filter(({ action, rare }) => available[action] === null && !rare).map(
            ({ action, label, hotkey, icon, variant }) => (
              <Button
                key={action}
                variant={variant}
                onClick={start(action)}
                className="flex-1 wide:flex-none"
              >
                <Icon name={icon} size={14} />
                {label}
                <Kbd>{hotkey}</Kbd>
              </Button>
            ),
          )}
          <Button aria-haspopup="dialog" aria-label="All actions" onClick={() => setOpen("all")}>
            <Icon name="ellipsis" size={14} />
            <Kbd>m</Kbd>
          </Button>
        </div>
      </div>
      <Verdict
        detail={detail}
        action={(suggested) => {
          const { action, label, quiet } = SUGGESTIONS[suggested.kind];
          if (available[action] !== null) return null;
          return (
            <Button variant={quiet ? "default" : "primary"} onClick={() => setOpen(action)}>
              {label}
            </Button>
          );
        }}
      />
      {open === "all" && <ActionSheet available={available} onChoose={setOpen} onClose={close} />}
      {open !== null && open !== "all" && (
        <ActionDialog action={open} detail={detail} available={available} onClose={close} />
      )}
    </>
  );
}
