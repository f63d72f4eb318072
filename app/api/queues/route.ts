import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { coalesce } from "@/lib/analytics/coalesce";
import { listQueues } from "@/lib/analytics/queues";
import { tenantSearchParams } from "@/lib/search-params/tenants";

export function GET(request: Request): Promise<Response> {
  return respond(request, "view", () => {
    const { tenant } = parseParameters(request, tenantSearchParams);
    return coalesce(["queues", tenant], request, (signal) => listQueues({ tenant, signal }));
  });
}
