import { parseParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { coalesce } from "@/lib/analytics/coalesce";
import { listEvents } from "@/lib/analytics/events";
import { queueEventsSearchParams } from "@/lib/search-params/events";
import { queueOfSegment } from "@/lib/search-params/queue-segment";

type Context = { params: Promise<{ queue: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return respond(request, "view", async () => {
    const queue = queueOfSegment((await params).queue);
    const filters = { ...parseParameters(request, queueEventsSearchParams), queue: [queue] };
    return coalesce(["events", filters], request, (signal) => listEvents(filters, { signal }));
  });
}
