import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { coalesce } from "@/lib/analytics/coalesce";
import { listFailures } from "@/lib/analytics/failures";
import { failuresSearchParams } from "@/lib/search-params/windows";

export function GET(request: Request): Promise<Response> {
  return respond(request, "view", () => {
    const filters = parseParameters(request, failuresSearchParams);
    return coalesce(["failures", filters], request, (signal) => listFailures(filters, { signal }));
  });
}
