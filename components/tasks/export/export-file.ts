import type { ExportFormat } from "@/lib/search-params/tasks/export";

export const FORMAT_NAMES: Record<ExportFormat, string> = { csv: "CSV", ndjson: "NDJSON" };

const TYPES: Record<ExportFormat, string> = { csv: "text/csv", ndjson: "application/x-ndjson" };

/** Downloads a file made of these parts. */
export function saveFile(format: ExportFormat, parts: string[]): void {
  const url = URL.createObjectURL(new Blob(parts, { type: TYPES[format] }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `tasks.${format}`;
  link.click();
  // The browser starts the download after this task, so the URL has to outlive it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Counts lines chunk by chunk. In CSV, a line break between quotes is part of a value; in NDJSON there is none. */
export function lineCounter(format: ExportFormat): (chunk: string) => number {
  let lines = 0;
  let quoted = false;
  return (chunk) => {
    for (const character of chunk) {
      if (character === '"' && format === "csv") quoted = !quoted;
      else if (character === "\n" && !quoted) lines++;
    }
    return lines;
  };
}
