"use client";
import { useEffect, useRef, useState } from "react";
import { lazyPart } from "@/components/ui/feedback/lazy-part";
import { Icon } from "@/components/ui/icons/icon";
import { Popover } from "@/components/ui/overlay/popover";
import type { TaskFilters } from "@/lib/search-params/tasks";
import type { ExportFormat } from "@/lib/search-params/tasks-export";
import type { ExportProgress } from "./export-run";

const ExportPanel = lazyPart(() => import("./export-panel").then((m) => m.ExportPanel));

/**
 * The filtered list as a file. It goes on while the panel is closed, and ends with the question it is of; nothing is saved
 * unless it is complete.
 */
export function ExportMenu({ filters, question }: { filters: TaskFilters; question: string }) {
  const [progress, setProgress] = useState<ExportProgress | null>(null);
  const running = useRef<AbortController>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question ends what was of the last one
  useEffect(
    () => () => {
      running.current?.abort();
      running.current = null;
      setProgress(null);
    },
    [question],
  );

  async function start(format: ExportFormat) {
    const controller = new AbortController();
    running.current = controller;
    // What ended with its question has nothing more to tell.
    const tell = (step: ExportProgress) => running.current === controller && setProgress(step);
    tell({ tasks: 0, bytes: 0, outcome: null });
    const code = await import("./export-run").catch(() => null);
    if (code) return code.runExport(filters, format, controller.signal, tell);
    const outcome = "The dashboard’s server does not answer. Nothing was saved.";
    tell({ tasks: 0, bytes: 0, outcome });
  }
  return (
    <Popover
      title="Export"
      onNear={ExportPanel.preload}
      label={
        <>
          <Icon name="download" size={14} />
          <span className="sr-only xwide:not-sr-only">Export</span>
        </>
      }
    >
      {() => (
        <ExportPanel progress={progress} onStart={start} onStop={() => running.current?.abort()} />
      )}
    </Popover>
  );
}
