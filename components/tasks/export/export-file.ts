import { EXPORT_FORMATS, type ExportFormat } from "@/lib/search-params/tasks-export";

export { EXPORT_FORMATS };

export const FORMAT_NAMES: Record<ExportFormat, string> = { csv: "CSV", ndjson: "NDJSON" };

const TYPES: Record<ExportFormat, string> = { csv: "text/csv", ndjson: "application/x-ndjson" };

/** Hands a file to the browser, as a download does. */
export function saveFile(format: ExportFormat, parts: string[]): void {
  const url = URL.createObjectURL(new Blob(parts, { type: TYPES[format] }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `tasks.${format}`;
  link.click();
  // The browser reads it after this task.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Counts lines as they arrive; line breaks between quotation marks are part of a value. */
export function lineCounter(): (chunk: string) => number {
  let lines = 0;
  let quoted = false;
  return (chunk) => {
    for (const sign of chunk) {
      if (sign === '"') quoted = !quoted;
      else if (sign === "\n" && !quoted) lines++;
    }
    return lines;
  };
}
