import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { readings } from "@/lib/live/readings";
import { workflowsRouteParams } from "@/lib/search-params/workflows";

export function GET(request: Request): Promise<Response> {
  return respond(request, "view", () => {
    const filters = parseParameters(request, workflowsRouteParams);
    return readings.workflowRuns(request, filters);
  });
}
