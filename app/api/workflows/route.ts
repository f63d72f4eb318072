import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { coalesce } from "@/lib/analytics/coalesce";
import { listWorkflowRuns } from "@/lib/analytics/workflows";
import { workflowsSearchParams } from "@/lib/search-params/workflows";

export function GET(request: Request): Promise<Response> {
  return respond(request, "view", () => {
    const filters = parseParameters(request, workflowsSearchParams);
    return coalesce(["workflow-runs", filters], request, (signal) =>
      listWorkflowRuns(filters, { signal }),
    );
  });
}
