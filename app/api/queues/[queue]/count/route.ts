import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { readings } from "@/lib/live/readings";
import { queueOfSegment } from "@/lib/search-params/queue-segment";
import { tenantSearchParams } from "@/lib/search-params/tenants";

type Context = { params: Promise<{ queue: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return respond(request, "view", async () => {
    const { tenant } = parseParameters(request, tenantSearchParams);
    const queue = queueOfSegment((await params).queue);
    return readings.exactCounts(request, queue, tenant);
  });
}
