import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { readings } from "@/lib/live/readings";
import { failuresSearchParams } from "@/lib/search-params/windows";

export function GET(request: Request): Promise<Response> {
  return respond(request, "view", () => {
    const filters = parseParameters(request, failuresSearchParams);
    return readings.failures(request, filters);
  });
}
