import { parseParameters, parseUuid } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { readings } from "@/lib/live/readings";
import { queueOfSegment } from "@/lib/search-params/queue-segment";

type Context = { params: Promise<{ queue: string; taskId: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return respond(request, "view", async () => {
    parseParameters(request, {});
    const { queue: segment, taskId } = await params;
    const queue = queueOfSegment(segment);
    const id = parseUuid("task id", taskId);
    return readings.related(request, queue, id);
  });
}
