"use client";
import { useState } from "react";
import { lazyOptional } from "@/components/ui/feedback/lazy";
import { Button } from "@/components/ui/form/button";
import { Icon } from "@/components/ui/icons/icon";

const StartDialog = lazyOptional(() => import("./start-dialog").then((m) => m.StartDialog));

/** The way to a new run of a definition. */
export function StartButton({
  definitionId,
  given,
  label = "Start",
  isSmall = false,
  of,
}: {
  definitionId: string;
  /** Inputs to begin with, as JSON text. */
  given?: string | undefined;
  label?: string;
  /** On a narrow screen only its sign is shown. */
  isSmall?: boolean;
  /** What is started, for those who do not see where the button stands. */
  of: string;
}) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button aria-label={`${label} ${of}`} onClick={() => setOpen(true)}>
        <Icon name="play" size={14} />
        <span className={isSmall ? "max-wide:sr-only" : undefined}>{label}</span>
      </Button>
      {open && (
        <StartDialog definitionId={definitionId} given={given} onClose={() => setOpen(false)} />
      )}
    </>
  );
}
