import { parseName } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { readings } from "@/lib/live/readings";
import { queueOfSegment } from "@/lib/search-params/queue-segment";

type Context = { params: Promise<{ queue: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return respond(request, "view", async () => {
    const queue = queueOfSegment((await params).queue);
    const name = parseName(request);
    return readings.baseline(request, queue, name);
  });
}
