"use client";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { usePageCommands } from "@/components/layout/palette/page-commands";
import { useAccess } from "@/components/layout/session/access-provider";
import { Verdict } from "@/components/task/verdict";
import { lazyDialog, onIntent } from "@/components/ui/feedback/lazy";
import { Button } from "@/components/ui/form/button";
import { useHotkeys } from "@/components/ui/form/hotkeys";
import { Icon } from "@/components/ui/icons/icon";
import { copyText } from "@/components/ui/overlay/copy";
import { Kbd } from "@/components/ui/text/kbd";
import { cn } from "@/lib/cn";
import type { TaskDetail } from "@/lib/model/task";
import { healthQuery } from "@/lib/query/health";
import { ACTION_WORDS, SUGGESTIONS } from "./action-words";
import { availableActions, TASK_ACTIONS, type TaskAction } from "./availability";

const ActionDialog = lazyDialog(() => import("./action-dialog").then((m) => m.ActionDialog));
const ActionSheet = lazyDialog(() => import("./action-sheet").then((m) => m.ActionSheet));

/** Header of the task page: title, a button per available action, and the verdict. */
export function TaskActions({ detail, title }: { detail: TaskDetail; title: ReactNode }) {
  const [open, setOpen] = useState<TaskAction | "spawn" | "all" | null>(null);
  const health = useQuery(healthQuery()).data;
  const { denied } = useAccess();
  const available = availableActions(
    detail,
    { hasVersionFunction: health?.status !== "ok" || health.schemaVersion !== null },
    denied,
  );
  const offered = TASK_ACTIONS.filter((action) => available[action] === null);
  const openSheet = () => {
    ActionDialog.preload();
    setOpen("all");
  };
  useHotkeys({
    ...Object.fromEntries(
      offered.map((action) => [ACTION_WORDS[action].hotkey, () => setOpen(action)] as const),
    ),
    ...(denied["spawn task"] ? {} : { n: () => setOpen("spawn") }),
    m: openSheet,
  });
  usePageCommands([
    ...offered.map((action) => {
      const { label, description, icon } = ACTION_WORDS[action];
      return { label, note: description, icon, run: () => setOpen(action) };
    }),
    {
      label: "Copy task id",
      icon: "copy",
      run: () => copyText(detail.task.taskId),
    },
  ]);
  const close = () => setOpen(null);
  const buttons = offered.filter((action) => !ACTION_WORDS[action].sheetOnly);
  return (
    <>
      <div className="flex flex-wrap items-start gap-2">
        {title}
        <div className="flex w-full flex-wrap gap-2 wide:w-auto">
          {buttons.map((action) => {
            const { label, hotkey, icon, variant } = ACTION_WORDS[action];
            return (
              <Button
                key={action}
                {...onIntent(ActionDialog.preload)}
                variant={variant ?? "default"}
                onClick={() => setOpen(action)}
                className={cn(
                  "flex-1 wide:flex-none",
                  // Three labels and the menu fit into one row of a phone's screen.
                  buttons.length > 2 && "max-wide:[&>svg]:hidden",
                )}
              >
                <Icon name={icon} size={14} />
                {label}
                <Kbd>{hotkey}</Kbd>
              </Button>
            );
          })}
          <Button
            {...onIntent(ActionSheet.preload)}
            aria-haspopup="dialog"
            aria-label="All actions"
            onClick={openSheet}
          >
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
            <Button
              {...onIntent(ActionDialog.preload)}
              variant={quiet ? "default" : "primary"}
              onClick={() => setOpen(action)}
            >
              {label}
            </Button>
          );
        }}
      />
      {open === "all" && (
        <ActionSheet
          available={available}
          spawn={denied["spawn task"] ?? null}
          onChoose={setOpen}
          onClose={close}
        />
      )}
      {open !== null && open !== "all" && (
        <ActionDialog action={open} detail={detail} available={available} onClose={close} />
      )}
    </>
  );
}
