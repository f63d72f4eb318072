import { readUuid } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { getWorkflowDefinition } from "@/lib/analytics/workflow-definitions";

type Context = { params: Promise<{ definitionId: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return respond(request, async () => {
    const { definitionId } = await params;
    return getWorkflowDefinition(readUuid("definition id", definitionId), {
      signal: request.signal,
    });
  });
}
