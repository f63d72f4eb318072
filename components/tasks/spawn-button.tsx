"use client";
import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "@/components/ui/button";

const SpawnDialog = dynamic(() => import("./spawn-dialog").then((m) => m.SpawnDialog));

/** The way to a new task of a queue. */
export function SpawnButton({ queue }: { queue: string }) {
  const [open, setOpen] = useState(false);
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
