"use client";
import { useState } from "react";
import { usePageCommands } from "@/components/layout/palette/page-commands";
import { lazyDialog, onIntent } from "@/components/ui/feedback/lazy";
import { Button } from "@/components/ui/form/button";
import { Icon } from "@/components/ui/icons/icon";

const SpawnDialog = lazyDialog(() => import("./spawn-dialog").then((m) => m.SpawnDialog));

/** Opens the dialog that spawns a task in a queue. */
export function SpawnButton({ queue }: { queue: string }) {
  const [open, setOpen] = useState(false);
  usePageCommands([{ label: `Spawn task in ${queue}`, icon: "plus", run: () => setOpen(true) }]);
  return (
    <>
      <Button {...onIntent(SpawnDialog.preload)} onClick={() => setOpen(true)}>
        <Icon name="plus" size={14} />
        Spawn
      </Button>
      {open && <SpawnDialog queue={queue} onClose={() => setOpen(false)} />}
    </>
  );
}
