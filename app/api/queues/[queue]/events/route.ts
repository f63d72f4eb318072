import { readParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { coalesce } from "@/lib/analytics/coalesce";
import { listEvents } from "@/lib/analytics/events";
import { eventsSearchParams } from "@/lib/search-params/events";

type Context = { params: Promise<{ queue: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return respond(request, async () => {
    const { queue } = await params;
    const filters = readParameters(request, eventsSearchParams);
    return coalesce(["events", queue, filters], request.signal, (signal) =>
      listEvents(queue, filters, { signal }),
    );
  });
}
