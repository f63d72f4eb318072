import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { listBulk } from "@/lib/analytics/bulk";
import { coalesce } from "@/lib/analytics/coalesce";
import { bulkSearchParams } from "@/lib/search-params/bulk";

export function GET(request: Request): Promise<Response> {
  return respond(request, "view", () => {
    const filters = parseParameters(request, bulkSearchParams);
    return coalesce(["bulk", filters], request, (signal) => listBulk(filters, { signal }));
  });
}
