import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { exportTasks } from "@/lib/analytics/export";
import { recordExport } from "@/lib/identity/refusal";
import { exportHead, exportLine } from "@/lib/query/tasks-export";
import { formatPath } from "@/lib/search-params/tasks/conditions";
import { EXPORT_FILES, exportSearchParams } from "@/lib/search-params/tasks/export";
import { streamSteps } from "../streaming";

export function GET(request: Request): Promise<Response> {
  return respond(request, "export tasks", async () => {
    const { format, max, ...filters } = parseParameters(request, exportSearchParams);
    const columns = filters.columns.map(formatPath);
    await recordExport("export tasks", new URL(request.url).search);
    let head = exportHead(format, columns);
    return streamSteps(request, {
      steps: (signal) => exportTasks({ ...filters, cursor: null, limit: max }, { signal }),
      write: (rows) => {
        const lines = head + rows.map((task) => exportLine(format, columns, task)).join("");
        head = "";
        return lines;
      },
      headers: {
        "Content-Type": `${EXPORT_FILES[format].type}; charset=utf-8`,
        "Content-Disposition": `attachment; filename="tasks.${EXPORT_FILES[format].extension}"`,
      },
    });
  });
}
