import { parseParameters, parseUuid } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { coalesce } from "@/lib/analytics/coalesce";
import { getWorkflowRun } from "@/lib/analytics/workflows";

type Context = { params: Promise<{ workflowRunId: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return respond(request, "view", async () => {
    parseParameters(request, {});
    const id = parseUuid("workflow run id", (await params).workflowRunId);
    return coalesce(["workflow-run", id], request, (signal) => getWorkflowRun(id, { signal }));
  });
}
