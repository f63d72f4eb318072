import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { coalesce } from "@/lib/analytics/coalesce";
import { countTerminalTasksExactly } from "@/lib/analytics/queues";
import { queueOfSegment } from "@/lib/search-params/queue-segment";
import { tenantSearchParams } from "@/lib/search-params/tenants";

type Context = { params: Promise<{ queue: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return respond(request, "view", async () => {
    const { tenant } = parseParameters(request, tenantSearchParams);
    const queue = queueOfSegment((await params).queue);
    return coalesce(["count", queue, tenant], request, (signal) =>
      countTerminalTasksExactly(queue, { tenant, signal }),
    );
  });
}
