import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { readings } from "@/lib/live/readings";
import { bulkSearchParams } from "@/lib/search-params/bulk";

export function GET(request: Request): Promise<Response> {
  return respond(request, "view", () => {
    const filters = parseParameters(request, bulkSearchParams);
    return readings.bulkList(request, filters);
  });
}
