import { readParameters, readUuid } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { getRunDefinition } from "@/lib/analytics/workflow-definitions";

type Context = { params: Promise<{ workflowRunId: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return respond(request, async () => {
    readParameters(request, {});
    const id = readUuid("workflow run id", (await params).workflowRunId);
    return getRunDefinition(id, { signal: request.signal });
  });
}
