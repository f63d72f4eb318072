"use client";
import { useEffect, useRef, useState } from "react";
import { lazyPart } from "@/components/ui/feedback/lazy";
import { Icon } from "@/components/ui/icons/icon";
import { Popover } from "@/components/ui/overlay/popover";
import type { ExportFormat } from "@/lib/search-params/tasks/export";
import type { TaskFilters } from "@/lib/search-params/tasks/filters";
import type { ExportProgress } from "./export-run";

const ExportPanel = lazyPart(() => import("./export-panel").then((m) => m.ExportPanel));

/**
 * Exports the filtered list. An export continues while the panel is closed, and is stopped when the filters change.
 *
 * @param matching identifies the filters.
 */
export function ExportMenu({ filters, matching }: { filters: TaskFilters; matching: string }) {
  const [progress, setProgress] = useState<ExportProgress | null>(null);
  const running = useRef<AbortController>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new filters stop the export of the previous ones
  useEffect(
    () => () => {
      running.current?.abort();
      running.current = null;
      setProgress(null);
    },
    [matching],
  );

  async function start(format: ExportFormat) {
    const controller = new AbortController();
    running.current = controller;
    // An export that was stopped by new filters no longer reports.
    const report = (step: ExportProgress) => running.current === controller && setProgress(step);
    report({ tasks: 0, bytes: 0, outcome: null });
    const code = await import("./export-run").catch(() => null);
    if (code) return code.runExport(filters, format, controller.signal, report);
    const outcome = "The dashboard’s server did not respond. Nothing was saved.";
    report({ tasks: 0, bytes: 0, outcome });
  }
  return (
    <Popover
      title="Export"
      onIntent={ExportPanel.preload}
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
