import { parseParameters, parseUuid } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { readings } from "@/lib/live/readings";
import { bulkItemsSearchParams } from "@/lib/search-params/bulk";

type Context = { params: Promise<{ bulkId: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return respond(request, "view", async () => {
    const filters = parseParameters(request, bulkItemsSearchParams);
    const bulkId = parseUuid("id of the bulk operation", (await params).bulkId);
    return readings.bulkItems(request, bulkId, filters);
  });
}
