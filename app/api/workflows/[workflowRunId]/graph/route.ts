import { parseParameters, parseUuid } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { readings } from "@/lib/live/readings";

type Context = { params: Promise<{ workflowRunId: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return respond(request, "view", async () => {
    parseParameters(request, {});
    const id = parseUuid("workflow run id", (await params).workflowRunId);
    return readings.runGraph(request, id);
  });
}
