import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { listAudit } from "@/lib/analytics/audit";
import { coalesce } from "@/lib/analytics/coalesce";
import { auditSearchParams } from "@/lib/search-params/audit";

export function GET(request: Request): Promise<Response> {
  return respond(request, "view", () => {
    const filters = parseParameters(request, auditSearchParams);
    return coalesce(["audit", filters], request, (signal) => listAudit(filters, { signal }));
  });
}
