import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { readings } from "@/lib/live/readings";
import { queueEventsSearchParams } from "@/lib/search-params/events";
import { queueOfSegment } from "@/lib/search-params/queue-segment";

type Context = { params: Promise<{ queue: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return respond(request, "view", async () => {
    const queue = queueOfSegment((await params).queue);
    const filters = { ...parseParameters(request, queueEventsSearchParams), queue: [queue] };
    return readings.events(request, filters);
  });
}
