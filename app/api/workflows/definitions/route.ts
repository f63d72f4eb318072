import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { coalesce } from "@/lib/analytics/coalesce";
import { listWorkflowDefinitions } from "@/lib/analytics/workflow-definitions";

export function GET(request: Request): Promise<Response> {
  return respond(request, "view", () => {
    parseParameters(request, {});
    return coalesce(["workflow-definitions"], request, (signal) =>
      listWorkflowDefinitions({ signal }),
    );
  });
}
