"use client";
import { useState } from "react";
import { PermittedButton } from "@/components/layout/session/permitted-button";
import { lazyDialog, onIntent } from "@/components/ui/feedback/lazy";
import { Icon } from "@/components/ui/icons/icon";

const StartDialog = lazyDialog(() => import("./start-dialog").then((m) => m.StartDialog));

const PAUSED = {
  onClick: undefined,
  "aria-disabled": true,
  "aria-description": "Paused: starts no runs.",
  "data-tip": "Paused: starts no runs.",
};

/** A button that opens the start dialog of a definition. */
export function StartButton({
  definitionId,
  given,
  label = "Start",
  isSmall = false,
  isPaused = false,
  of,
}: {
  definitionId: string;
  /** Initial inputs as JSON text. */
  given?: string | undefined;
  label?: string;
  /** Shows only the icon on narrow screens. */
  isSmall?: boolean;
  /** Disables the button. An open dialog stays open to keep what was typed; the server refuses the start. */
  isPaused?: boolean;
  /** Name of the workflow, for the accessible name. */
  of: string;
}) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <PermittedButton
        permission="start workflow run"
        {...onIntent(StartDialog.preload)}
        aria-label={`${label} ${of}`}
        onClick={() => setOpen(true)}
        {...(isPaused && PAUSED)}
      >
        <Icon name="play" size={14} />
        <span className={isSmall ? "max-wide:sr-only" : undefined}>{label}</span>
      </PermittedButton>
      {open && (
        <StartDialog definitionId={definitionId} given={given} onClose={() => setOpen(false)} />
      )}
    </>
  );
}
