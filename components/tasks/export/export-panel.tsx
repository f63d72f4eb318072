"use client";
import { Button } from "@/components/ui/form/button";
import { formatBytes, formatNumber, plural } from "@/lib/format";
import { EXPORT_LIMIT, type ExportFormat } from "@/lib/search-params/tasks-export";
import { EXPORT_FORMATS, FORMAT_NAMES } from "./export-file";
import type { ExportProgress } from "./export-run";

/** What an export holds, the formats to choose from, and how far it got. */
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
        All tasks that match, newest first, with the chosen columns; at most{" "}
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
            `${plural(progress.tasks, "task")} so far, ${formatBytes(progress.bytes)}…`)}
      </p>
    </div>
  );
}
