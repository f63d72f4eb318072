"use client";
import { useState } from "react";
import { lazyDialog, onIntent } from "@/components/ui/feedback/lazy";
import { Button } from "@/components/ui/form/button";
import { Icon } from "@/components/ui/icons/icon";
import { parseExactly } from "@/components/ui/json/json-model";
import type { TaskHistory } from "@/lib/highway/view/records";
import type { Resolve } from "@/lib/highway/view/resolve-step";

const EmitDialog = lazyDialog(() =>
  import("@/components/events/emit-dialog").then((m) => m.EmitDialog),
);

export type Awaited = { queue: string; event: string };

/** The event that the operator at `path` waits for, from the engine's wait row or else the interpreter's note. */
export function findAwaited(
  histories: readonly TaskHistory[],
  path: string,
  resolve: Resolve,
): Awaited | undefined {
  for (const { detail } of histories.toReversed()) {
    const { queue } = detail.task;
    const wait = detail.waits.findLast(({ stepName }) => resolve(stepName)?.path === path);
    if (wait) return { queue, event: wait.eventName };
    const note = detail.checkpoints.findLast(({ name }) => {
      const step = resolve(name);
      return step?.path === path && step.note === "waiting";
    });
    const event = (parseExactly(note?.state?.text ?? "")?.value as { event?: unknown } | undefined)
      ?.event;
    if (typeof event === "string") return { queue, event };
  }
  return undefined;
}

/** A button that opens the emit dialog for the awaited event. */
export function EmitAwaited({ awaited: { queue, event } }: { awaited: Awaited }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        {...onIntent(EmitDialog.preload)}
        variant="primary"
        onClick={() => setOpen(true)}
        data-tip={event}
      >
        <Icon name="zap" size={14} />
        Emit event
      </Button>
      {open && <EmitDialog queue={queue} name={event} onClose={() => setOpen(false)} />}
    </>
  );
}
