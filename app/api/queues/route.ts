import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { readings } from "@/lib/live/readings";
import { tenantSearchParams } from "@/lib/search-params/tenants";

export function GET(request: Request): Promise<Response> {
  return respond(request, "view", () => {
    const { tenant } = parseParameters(request, tenantSearchParams);
    return readings.queues(request, tenant);
  });
}
