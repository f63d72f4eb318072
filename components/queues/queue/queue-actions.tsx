"use client";
import { useState } from "react";
import { useDeeds } from "@/components/layout/palette/page-commands";
import { lazyExtra } from "@/components/ui/feedback/lazy-part";
import { Button } from "@/components/ui/form/button";
import { Icon } from "@/components/ui/icons/icon";
import type { Queue } from "@/lib/model/queue";

const CleanupDialog = lazyExtra(() =>
  import("../maintenance/cleanup-dialog").then((m) => m.CleanupDialog),
);
const DropQueueDialog = lazyExtra(() =>
  import("./drop-queue-dialog").then((m) => m.DropQueueDialog),
);

/** What can be done to a queue as a whole. */
export function QueueActions({
  queue,
  policySeconds,
}: {
  queue: Queue;
  /** `undefined` until the policy is known. */
  policySeconds: number | null | undefined;
}) {
  const [open, setOpen] = useState<"cleanup" | "drop" | null>(null);
  useDeeds([
    { label: `Clean up ${queue.name}`, icon: "eraser", run: () => setOpen("cleanup") },
    { label: `Drop ${queue.name}`, icon: "trash-2", run: () => setOpen("drop") },
  ]);
  const close = () => setOpen(null);
  return (
    <>
      <Button disabled={policySeconds === undefined} onClick={() => setOpen("cleanup")}>
        <Icon name="eraser" size={14} />
        Clean up
      </Button>
      <Button variant="danger" onClick={() => setOpen("drop")}>
        <Icon name="trash-2" size={14} />
        Drop
      </Button>
      {open === "cleanup" && policySeconds !== undefined && (
        <CleanupDialog queue={queue.name} policySeconds={policySeconds} onClose={close} />
      )}
      {open === "drop" && <DropQueueDialog queue={queue} onClose={close} />}
    </>
  );
}
