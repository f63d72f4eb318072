import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { coalesce } from "@/lib/analytics/coalesce";
import { getQueueFigures } from "@/lib/analytics/overview";
import { queueOfSegment } from "@/lib/search-params/queue-segment";
import { figuresSearchParams } from "@/lib/search-params/windows";

type Context = { params: Promise<{ queue: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return respond(request, "view", async () => {
    const queue = queueOfSegment((await params).queue);
    const { range, tenant } = parseParameters(request, figuresSearchParams);
    return coalesce(["figures", queue, range, tenant], request, (signal) =>
      getQueueFigures(queue, range, { tenant, signal }),
    );
  });
}
