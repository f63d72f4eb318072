"use client";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useDeeds } from "@/components/layout/here";
import { Button } from "@/components/ui/button";
import { lazyExtra } from "@/components/ui/lazy-part";

const SpawnDialog = lazyExtra(() => import("./spawn-dialog").then((m) => m.SpawnDialog));

/** The way to a new task of a queue. */
export function SpawnButton({ queue }: { queue: string }) {
  const [open, setOpen] = useState(false);
  useDeeds([{ label: `Spawn a task in ${queue}`, icon: Plus, run: () => setOpen(true) }]);
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <Plus size={14} strokeWidth={1.5} aria-hidden />
        Spawn
      </Button>
      {open && <SpawnDialog queue={queue} onClose={() => setOpen(false)} />}
    </>
  );
}
