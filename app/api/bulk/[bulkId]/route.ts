import { parseParameters, parseUuid } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { readings } from "@/lib/live/readings";

type Context = { params: Promise<{ bulkId: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return respond(request, "view", async () => {
    parseParameters(request, {});
    const bulkId = parseUuid("id of the bulk operation", (await params).bulkId);
    return readings.bulk(request, bulkId);
  });
}
