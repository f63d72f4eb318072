import { parseParameters, parseUuid } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { readings } from "@/lib/live/readings";

type Context = { params: Promise<{ definitionId: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return respond(request, "view", async () => {
    parseParameters(request, {});
    const { definitionId } = await params;
    return readings.definition(request, parseUuid("definition id", definitionId));
  });
}
