import { formatNumber, plural } from "@/lib/format";
import { streamText } from "@/lib/query/tasks-stream";
import { EXPORT_LIMIT, type ExportFormat, serializeExport } from "@/lib/search-params/tasks/export";
import type { TaskFilters } from "@/lib/search-params/tasks/filters";
import { lineCounter, saveFile } from "./export-file";

/** Progress of an export; `outcome` is a sentence once it has ended. */
export type ExportProgress = { tasks: number; bytes: number; outcome: string | null };

/** Downloads all matching tasks as a file. Nothing is saved if it fails or is stopped. Never rejects. */
export async function runExport(
  { cursor: _, limit: __, ...filters }: TaskFilters,
  format: ExportFormat,
  signal: AbortSignal,
  onProgress: (progress: ExportProgress) => void,
): Promise<void> {
  const parts: string[] = [];
  const count = lineCounter(format);
  const encoder = new TextEncoder();
  let [tasks, bytes] = [0, 0];
  let outcome: string;
  try {
    const path = `/api/tasks/export${serializeExport({ ...filters, format })}`;
    for await (const text of streamText(path, signal)) {
      parts.push(text);
      bytes += encoder.encode(text).length;
      tasks = Math.max(count(text) - (format === "ndjson" ? 0 : 1), 0);
      onProgress({ tasks, bytes, outcome: null });
    }
    saveFile(format, parts);
    outcome =
      tasks < EXPORT_LIMIT
        ? `Saved ${plural(tasks, "task")}.`
        : `Saved the newest ${formatNumber(EXPORT_LIMIT)} tasks, the limit of one file. There may be more.`;
  } catch (error) {
    const why = error instanceof Error ? error.message : "The export failed.";
    outcome = signal.aborted ? "Stopped. Nothing was saved." : `${why} Nothing was saved.`;
  }
  onProgress({ tasks, bytes, outcome });
}
