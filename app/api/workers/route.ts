import { readParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { coalesce } from "@/lib/analytics/coalesce";
import { listWorkers } from "@/lib/analytics/workers";
import { windowSearchParams } from "@/lib/search-params/windows";

export function GET(request: Request): Promise<Response> {
  return respond(request, () => {
    const { range } = readParameters(request, windowSearchParams);
    return coalesce(["workers", range], request.signal, (signal) => listWorkers(range, { signal }));
  });
}
