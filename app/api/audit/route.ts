import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { readings } from "@/lib/live/readings";
import { auditSearchParams } from "@/lib/search-params/audit";

export function GET(request: Request): Promise<Response> {
  return respond(request, "view", () => {
    const filters = parseParameters(request, auditSearchParams);
    return readings.audit(request, filters);
  });
}
