import { parseParameters, parseUuid } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { getDefinitionDetail } from "@/lib/analytics/workflow-definitions";

type Context = { params: Promise<{ definitionId: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return respond(request, "view", async () => {
    parseParameters(request, {});
    const { definitionId } = await params;
    return getDefinitionDetail(parseUuid("definition id", definitionId), {
      signal: request.signal,
    });
  });
}
