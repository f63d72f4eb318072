"use client";
import { useState } from "react";
import { lazyExtra } from "@/components/ui/feedback/lazy-part";
import { Button } from "@/components/ui/form/button";
import { Icon } from "@/components/ui/icons/icon";

const CreateQueueDialog = lazyExtra(() =>
  import("./create-queue-dialog").then((m) => m.CreateQueueDialog),
);

/** The way to a new queue. */
export function CreateQueueButton() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <Icon name="plus" size={14} />
        Create queue
      </Button>
      {open && <CreateQueueDialog onClose={() => setOpen(false)} />}
    </>
  );
}
