import { parseParameters, parseUuid } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { getBulkFollowUp } from "@/lib/analytics/bulk";
import { coalesce } from "@/lib/analytics/coalesce";

type Context = { params: Promise<{ bulkId: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return respond(request, "view", async () => {
    parseParameters(request, {});
    const bulkId = parseUuid("id of the bulk operation", (await params).bulkId);
    return coalesce(["bulk follow-up", bulkId], request, (signal) =>
      getBulkFollowUp(bulkId, { signal }),
    );
  });
}
