"use client";
import { Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
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
        <Plus size={14} strokeWidth={1.5} aria-hidden />
        Create queue
      </Button>
      {open && <CreateQueueDialog onClose={() => setOpen(false)} />}
    </>
  );
}
