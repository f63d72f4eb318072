"use client";
import { useState } from "react";
import { useDeeds } from "@/components/layout/here";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { lazyExtra } from "@/components/ui/lazy-part";

const SpawnDialog = lazyExtra(() => import("./spawn-dialog").then((m) => m.SpawnDialog));

/** The way to a new task of a queue. */
export function SpawnButton({ queue }: { queue: string }) {
  const [open, setOpen] = useState(false);
  useDeeds([{ label: `Spawn a task in ${queue}`, icon: "plus", run: () => setOpen(true) }]);
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <Icon name="plus" size={14} />
        Spawn
      </Button>
      {open && <SpawnDialog queue={queue} onClose={() => setOpen(false)} />}
    </>
  );
}
