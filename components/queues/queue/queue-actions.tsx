"use client";
import { useState } from "react";
import { usePageCommands } from "@/components/layout/palette/page-commands";
import { useAccess } from "@/components/layout/session/access-provider";
import { PermittedButton } from "@/components/layout/session/permitted-button";
import { lazyDialog, onIntent } from "@/components/ui/feedback/lazy";
import { Icon } from "@/components/ui/icons/icon";
import type { Queue } from "@/lib/model/queue";

const CleanupDialog = lazyDialog(() =>
  import("../maintenance/cleanup-dialog").then((m) => m.CleanupDialog),
);
const DropQueueDialog = lazyDialog(() =>
  import("./drop-queue-dialog").then((m) => m.DropQueueDialog),
);

/** Actions on a queue as a whole: clean up and drop. */
export function QueueActions({
  queue,
  policySeconds,
}: {
  queue: Queue;
  /** The policy's retention of finished tasks; `null` without a policy, `undefined` while loading. */
  policySeconds: number | null | undefined;
}) {
  const [open, setOpen] = useState<"cleanup" | "drop" | null>(null);
  const { denied } = useAccess();
  usePageCommands([
    ...(denied["clean up queue"]
      ? []
      : [
          {
            label: `Clean up ${queue.name}`,
            icon: "eraser" as const,
            run: () => setOpen("cleanup"),
          },
        ]),
    ...(denied["drop queue"]
      ? []
      : [{ label: `Drop ${queue.name}`, icon: "trash-2" as const, run: () => setOpen("drop") }]),
  ]);
  const close = () => setOpen(null);
  return (
    <>
      <PermittedButton
        permission="clean up queue"
        {...onIntent(CleanupDialog.preload)}
        disabled={policySeconds === undefined}
        onClick={() => setOpen("cleanup")}
      >
        <Icon name="eraser" size={14} />
        Clean up
      </PermittedButton>
      <PermittedButton
        permission="drop queue"
        {...onIntent(DropQueueDialog.preload)}
        variant="danger"
        onClick={() => setOpen("drop")}
      >
        <Icon name="trash-2" size={14} />
        Drop
      </PermittedButton>
      {open === "cleanup" && policySeconds !== undefined && (
        <CleanupDialog queue={queue.name} policySeconds={policySeconds} onClose={close} />
      )}
      {open === "drop" && <DropQueueDialog queue={queue} onClose={close} />}
    </>
  );
}
