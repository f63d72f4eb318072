"use client";
import { Download } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Popover } from "@/components/ui/popover";
import { formatBytes, formatNumber, plural } from "@/lib/format";
import { readText } from "@/lib/query/tasks-stream";
import { serializeExport, type TaskFilters } from "@/lib/search-params/tasks";
import { EXPORT_LIMIT, type ExportFormat } from "@/lib/search-params/tasks-export";
import { EXPORT_FORMATS, FORMAT_NAMES, lineCounter, saveFile } from "./export-file";

type Progress = { tasks: number; bytes: number; outcome: string | null };

/** The filtered list as a file, with how far it got; nothing is saved unless it is complete. */
export function ExportMenu({ filters }: { filters: TaskFilters }) {
  const [progress, setProgress] = useState<Progress | null>(null);
  const running = useRef<AbortController>(null);
  useEffect(() => () => running.current?.abort(), []);

  async function run(format: ExportFormat) {
    const controller = new AbortController();
    running.current = controller;
    const parts: string[] = [];
    const count = lineCounter();
    let [tasks, bytes] = [0, 0];
    let outcome: string;
    setProgress({ tasks, bytes, outcome: null });
    const { cursor: _, limit: __, ...rest } = filters;
    try {
      const path = `/api/tasks/export${serializeExport({ ...rest, format })}`;
      for await (const text of readText(path, controller.signal)) {
        parts.push(text);
        bytes += text.length;
        tasks = count(text) - (format === "csv" ? 1 : 0);
        setProgress({ tasks, bytes, outcome: null });
      }
      saveFile(format, parts);
      outcome =
        tasks < EXPORT_LIMIT
          ? `Saved ${plural(tasks, "task")}.`
          : `Saved the newest ${formatNumber(EXPORT_LIMIT)} tasks, the most one file holds. There may be more.`;
    } catch (error) {
      const why = error instanceof Error ? error.message : "The export failed.";
      outcome = controller.signal.aborted
        ? "Stopped. Nothing was saved."
        : `${why} Nothing was saved.`;
    }
    setProgress({ tasks, bytes, outcome });
  }

  return (
    <Popover
      title="Export"
      label={
        <>
          <Download size={14} strokeWidth={1.5} aria-hidden />
          <span className="sr-only xwide:not-sr-only">Export</span>
        </>
      }
    >
      {() => (
        <div className="flex flex-col gap-2">
          <p className="text-12 text-ink-2">
            All tasks that match, newest first, with the chosen columns; at most{" "}
            {formatNumber(EXPORT_LIMIT)}.
          </p>
          <div className="flex gap-2">
            {progress && progress.outcome === null ? (
              <Button onClick={() => running.current?.abort()}>Stop</Button>
            ) : (
              EXPORT_FORMATS.map((format) => (
                <Button key={format} onClick={() => run(format)}>
                  {FORMAT_NAMES[format]}
                </Button>
              ))
            )}
          </div>
          <p aria-live="polite" className="break-words text-12 text-ink-2 empty:hidden">
            {progress &&
              (progress.outcome ??
                `${plural(Math.max(progress.tasks, 0), "task")} so far, ${formatBytes(progress.bytes)}…`)}
          </p>
        </div>
      )}
    </Popover>
  );
}
