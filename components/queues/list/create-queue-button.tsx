"use client";
import { useState } from "react";
import { lazyDialog, onIntent } from "@/components/ui/feedback/lazy";
import { Button } from "@/components/ui/form/button";
import { Icon } from "@/components/ui/icons/icon";

const CreateQueueDialog = lazyDialog(() =>
  import("./create-queue-dialog").then((m) => m.CreateQueueDialog),
);

/** Opens the dialog that creates a queue. */
export function CreateQueueButton() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button {...onIntent(CreateQueueDialog.preload)} onClick={() => setOpen(true)}>
        <Icon name="plus" size={14} />
        Create queue
      </Button>
      {open && <CreateQueueDialog onClose={() => setOpen(false)} />}
    </>
  );
}
