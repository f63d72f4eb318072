"use client";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { lazyExtra } from "@/components/ui/lazy-part";

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
