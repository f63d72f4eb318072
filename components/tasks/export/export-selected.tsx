"use client";
import { Button } from "@/components/ui/form/button";
import { Icon } from "@/components/ui/icons/icon";
import type { TaskSummary } from "@/lib/model/task";
import { exportHead, exportLine } from "@/lib/query/tasks-export";
import type { ExportFormat } from "@/lib/search-params/tasks-export";
import { EXPORT_FORMATS, FORMAT_NAMES, saveFile } from "./export-file";

/** The picked tasks as a file, from what is on screen. */
export function ExportSelected({
  tasks,
  columns,
}: {
  tasks: readonly TaskSummary[];
  columns: readonly string[];
}) {
  const save = (format: ExportFormat) =>
    saveFile(format, [
      exportHead(format, columns),
      ...tasks.map((task) => exportLine(format, columns, task)),
    ]);
  return EXPORT_FORMATS.map((format) => (
    <Button
      key={format}
      onClick={() => save(format)}
      className={format === "ndjson" ? "hidden wide:inline-flex" : ""}
    >
      <Icon name="download" size={14} />
      {FORMAT_NAMES[format]}
    </Button>
  ));
}
