import { parseAsString } from "nuqs/server";
import { readParameters } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { ReadError } from "@/lib/analytics/errors";
import { listWaiters } from "@/lib/analytics/event-waiters";
import { queueOfSegment } from "@/lib/search-params/queue-segment";

type Context = { params: Promise<{ queue: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return respond(request, async () => {
    const queue = queueOfSegment((await params).queue);
    const { name } = readParameters(request, { name: parseAsString });
    if (name === null) throw new ReadError("bad_request", "The parameter name is missing.");
    return listWaiters(queue, name, { signal: request.signal });
  });
}
