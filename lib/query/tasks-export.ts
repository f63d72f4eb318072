import type { TaskSummary } from "@/lib/model/task";
import type { ExportFormat } from "@/lib/search-params/tasks/export";

const FIELDS = [
  "queue",
  "taskId",
  "name",
  "state",
  "attempts",
  "maxAttempts",
  "enqueuedAt",
  "firstStartedAt",
  "endedAt",
  "tenantId",
  "workflowRunId",
] as const satisfies (keyof TaskSummary)[];

const RUN_FIELDS = ["claimedBy", "errorName", "errorMessage"] as const;

const BYTE_ORDER_MARK = "\uFEFF";

/** The header line of an export, with the paths in `columns`; empty for NDJSON. */
export function exportHead(format: ExportFormat, columns: readonly string[]): string {
  if (format === "ndjson") return "";
  return (
    (format === "excel" ? BYTE_ORDER_MARK : "") + csvLine([...FIELDS, ...RUN_FIELDS, ...columns])
  );
}

/** One line per task: the whole list row as NDJSON, its flat fields as CSV. */
export function exportLine(
  format: ExportFormat,
  columns: readonly string[],
  task: TaskSummary,
): string {
  if (format === "ndjson") return `${JSON.stringify(task)}\n`;
  return csvLine([
    ...FIELDS.map((field) => task[field]),
    ...RUN_FIELDS.map((field) => task.run?.[field]),
    ...columns.map((path) => task.columns?.[path]),
  ]);
}

/** A CSV line (RFC 4180). Cells that a spreadsheet would run as a formula get an apostrophe prefix. */
function csvLine(cells: readonly (string | number | null | undefined)[]): string {
  return `${cells.map((cell) => csvCell(cell ?? "")).join(",")}\r\n`;
}

const FORMULA = "[=+\\-@＝＋－＠]";
const STARTS_FORMULA = new RegExp(`^(?:[\\t\\r\\n]|${FORMULA})`);
/** Starts of cells for a spreadsheet that separates them by semicolons or tabs: to it, a later quote quotes nothing. */
const INNER_FORMULAS = new RegExp(`([;\\t\\r\\n]"*)(?=${FORMULA})`, "g");
/** In many locales, spreadsheets separate cells by semicolons. */
const SEPARATOR = /[",;\t\r\n]/;

function csvCell(cell: string | number): string {
  const text = String(cell);
  const isFormula = STARTS_FORMULA.test(text) && !/^-?\d+(\.\d+)?$/.test(text);
  const safe = isFormula ? `'${text}` : text;
  if (!SEPARATOR.test(safe)) return safe;
  const inner = safe.replace(INNER_FORMULAS, "$1'");
  return /[",;\r\n]/.test(inner) ? `"${inner.replaceAll('"', '""')}"` : inner;
}
