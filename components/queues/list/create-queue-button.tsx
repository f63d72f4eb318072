"use client";
import { useState } from "react";
import { PermittedButton } from "@/components/layout/session/permitted-button";
import { lazyDialog, onIntent } from "@/components/ui/feedback/lazy";
import { Icon } from "@/components/ui/icons/icon";

const CreateQueueDialog = lazyDialog(() =>
  import("./create-queue-dialog").then((m) => m.CreateQueueDialog),
);

/** Opens the dialog that creates a queue. */
export function CreateQueueButton() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <PermittedButton
        permission="create queue"
        {...onIntent(CreateQueueDialog.preload)}
        onClick={() => setOpen(true)}
      >
        <Icon name="plus" size={14} />
        Create queue
      </PermittedButton>
      {open && <CreateQueueDialog onClose={() => setOpen(false)} />}
    </>
  );
}
