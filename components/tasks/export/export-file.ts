import { EXPORT_FILES, type ExportFormat } from "@/lib/search-params/tasks/export";

export const FORMAT_NAMES: Record<ExportFormat, string> = {
  csv: "CSV",
  excel: "CSV for Excel",
  ndjson: "NDJSON",
};

/** Downloads the concatenated parts as a file. */
export function saveFile(format: ExportFormat, parts: string[]): void {
  const { type, extension } = EXPORT_FILES[format];
  const url = URL.createObjectURL(new Blob(parts, { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `tasks.${extension}`;
  link.click();
  // The browser starts the download after this task, so the URL must outlive it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/**
 * Returns a counter of lines that is fed chunk by chunk. A CSV line break inside quotes is part of a value; NDJSON
 * values have none.
 */
export function lineCounter(format: ExportFormat): (chunk: string) => number {
  let lines = 0;
  let quoted = false;
  return (chunk) => {
    for (const character of chunk) {
      if (character === '"' && format !== "ndjson") quoted = !quoted;
      else if (character === "\n" && !quoted) lines++;
    }
    return lines;
  };
}
