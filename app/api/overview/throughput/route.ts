import { readParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { coalesce } from "@/lib/analytics/coalesce";
import { getThroughput } from "@/lib/analytics/throughput";
import { windowSearchParams } from "@/lib/search-params/windows";

export function GET(request: Request): Promise<Response> {
  return respond(request, () => {
    const { range } = readParameters(request, windowSearchParams);
    return coalesce(["throughput", range], request.signal, (signal) =>
      getThroughput(range, { signal }),
    );
  });
}
