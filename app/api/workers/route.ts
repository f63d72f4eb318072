import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { coalesce } from "@/lib/analytics/coalesce";
import { listWorkers } from "@/lib/analytics/workers";
import { figuresSearchParams } from "@/lib/search-params/windows";

export function GET(request: Request): Promise<Response> {
  return respond(request, "view", () => {
    const { range, tenant } = parseParameters(request, figuresSearchParams);
    return coalesce(["workers", range, tenant], request, (signal) =>
      listWorkers(range, { tenant, signal }),
    );
  });
}
