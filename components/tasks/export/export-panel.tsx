"use client";
import { Button } from "@/components/ui/form/button";
import { formatBytes, formatNumber, plural } from "@/lib/format";
import { EXPORT_FORMATS, EXPORT_LIMIT, type ExportFormat } from "@/lib/search-params/tasks/export";
import { FORMAT_NAMES } from "./export-file";
import type { ExportProgress } from "./export-run";

/** The scope of the export, a button per format, and the progress. */
export function ExportPanel({
  progress,
  onStart,
  onStop,
}: {
  progress: ExportProgress | null;
  onStart: (format: ExportFormat) => void;
  onStop: () => void;
}) {
  const running = progress !== null && progress.outcome === null;
  return (
    <div className="flex flex-col gap-2">
      <p className="text-12 text-ink-2">
        All matching tasks, newest first, with the chosen columns. At most{" "}
        {formatNumber(EXPORT_LIMIT)}.
      </p>
      <div className="flex gap-2">
        {running ? (
          <Button onClick={onStop}>Stop</Button>
        ) : (
          EXPORT_FORMATS.map((format) => (
            <Button key={format} onClick={() => onStart(format)}>
              {FORMAT_NAMES[format]}
            </Button>
          ))
        )}
      </div>
      <p
        aria-live="polite"
        aria-busy={progress?.outcome === null}
        className="break-words text-12 text-ink-2 empty:hidden"
      >
        {progress &&
          (progress.outcome ??
            `Loading: ${plural(progress.tasks, "task")}, ${formatBytes(progress.bytes)}`)}
      </p>
    </div>
  );
}
