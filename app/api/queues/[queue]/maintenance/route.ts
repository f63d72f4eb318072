import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { readings } from "@/lib/live/readings";
import { queueOfSegment } from "@/lib/search-params/queue-segment";

type Context = { params: Promise<{ queue: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return respond(request, "view", async () => {
    parseParameters(request, {});
    const queue = queueOfSegment((await params).queue);
    return readings.maintenance(request, queue);
  });
}
