"use client";
import { useEffect, useRef, useState } from "react";
import { useDenied } from "@/components/layout/session/access-provider";
import { PermittedButton } from "@/components/layout/session/permitted-button";
import { lazyPart } from "@/components/ui/feedback/lazy";
import { Icon } from "@/components/ui/icons/icon";
import { Popover } from "@/components/ui/overlay/popover";
import type { ExportFormat } from "@/lib/search-params/tasks/export";
import type { TaskFilters } from "@/lib/search-params/tasks/filters";
import type { ExportProgress } from "./export-run";

const ExportPanel = lazyPart(() => import("./export-panel").then((m) => m.ExportPanel));

/**
 * Exports the filtered list. An export continues while the panel is closed and stops when the filters change.
 *
 * @param matching a key that identifies the filters.
 */
export function ExportMenu({ filters, matching }: { filters: TaskFilters; matching: string }) {
  const [progress, setProgress] = useState<ExportProgress | null>(null);
  const running = useRef<AbortController>(null);
  const denied = useDenied("export tasks");
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
    // An export stopped by new filters no longer reports progress.
    const report = (step: ExportProgress) => running.current === controller && setProgress(step);
    report({ tasks: 0, bytes: 0, outcome: null });
    const code = await import("./export-run").catch(() => null);
    if (code) return code.runExport(filters, format, controller.signal, report);
    const outcome = "The dashboard’s server did not respond. Nothing was saved.";
    report({ tasks: 0, bytes: 0, outcome });
  }
  const label = (
    <>
      <Icon name="download" size={14} />
      <span className="sr-only xwide:not-sr-only">Export</span>
    </>
  );
  if (denied !== null) return <PermittedButton permission="export tasks">{label}</PermittedButton>;
  return (
    <Popover title="Export" onIntent={ExportPanel.preload} label={label}>
      {() => (
        <ExportPanel progress={progress} onStart={start} onStop={() => running.current?.abort()} />
      )}
    </Popover>
  );
}
