import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { coalesce } from "@/lib/analytics/coalesce";
import { getThroughput } from "@/lib/analytics/overview";
import { figuresSearchParams } from "@/lib/search-params/windows";

export function GET(request: Request): Promise<Response> {
  return respond(request, "view", () => {
    const { range, tenant } = parseParameters(request, figuresSearchParams);
    return coalesce(["throughput", range, tenant], request, (signal) =>
      getThroughput(range, { tenant, signal }),
    );
  });
}
