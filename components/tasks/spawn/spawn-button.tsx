"use client";
import { useState } from "react";
import { usePageCommands } from "@/components/layout/palette/page-commands";
import { useDenied } from "@/components/layout/session/access-provider";
import { PermittedButton } from "@/components/layout/session/permitted-button";
import { lazyDialog, onIntent } from "@/components/ui/feedback/lazy";
import { Icon } from "@/components/ui/icons/icon";

const SpawnDialog = lazyDialog(() => import("./spawn-dialog").then((m) => m.SpawnDialog));

/** Opens the dialog that spawns a task in a queue. */
export function SpawnButton({ queue }: { queue: string }) {
  const [open, setOpen] = useState(false);
  const denied = useDenied("spawn task");
  usePageCommands(
    denied ? [] : [{ label: `Spawn task in ${queue}`, icon: "plus", run: () => setOpen(true) }],
  );
  return (
    <>
      <PermittedButton
        permission="spawn task"
        {...onIntent(SpawnDialog.preload)}
        onClick={() => setOpen(true)}
      >
        <Icon name="plus" size={14} />
        Spawn
      </PermittedButton>
      {open && <SpawnDialog queue={queue} onClose={() => setOpen(false)} />}
    </>
  );
}
