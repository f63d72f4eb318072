import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { readings } from "@/lib/live/readings";
import { figuresSearchParams } from "@/lib/search-params/windows";

export function GET(request: Request): Promise<Response> {
  return respond(request, "view", () => {
    const filters = parseParameters(request, figuresSearchParams);
    return readings.latency(request, filters);
  });
}
