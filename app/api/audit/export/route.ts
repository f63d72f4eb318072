import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { streamSteps } from "@/app/api/tasks/streaming";
import { type AuditEntry, type AuditPage, listAudit } from "@/lib/analytics/audit";
import { recordExport } from "@/lib/identity/refusal";
import {
  type AuditFilters,
  auditFilters,
  auditSearchParams,
  serializeAuditFilters,
} from "@/lib/search-params/audit";

/** Entries per query. */
const PAGE = 500;

const { cursor: _, limit: __, ...parameters } = auditSearchParams;

/**
 * Every matching entry, newest first, as lines of JSON. If the export fails, the response is cut off instead of ending
 * normally.
 */
export function GET(request: Request): Promise<Response> {
  return respond(request, "export audit log", async () => {
    const filters = auditFilters(parseParameters(request, parameters));
    await recordExport("export audit log", serializeAuditFilters(filters));
    return streamSteps(request, {
      steps: (signal) => listPages(filters, signal),
      write: (rows) => rows.map((entry) => `${JSON.stringify(entry)}\n`).join(""),
      headers: {
        "Content-Type": "application/x-ndjson; charset=utf-8",
        "Content-Disposition": 'attachment; filename="audit.ndjson"',
      },
    });
  });
}

async function* listPages(
  filters: AuditFilters,
  signal: AbortSignal,
): AsyncGenerator<AuditEntry[]> {
  let cursor: string | null = null;
  do {
    const page: AuditPage = await listAudit({ ...filters, cursor, limit: PAGE }, { signal });
    yield page.rows;
    cursor = page.older;
  } while (cursor !== null);
}
