import { parseName } from "@/app/api/parameters";
import { jsonText, respond } from "@/app/api/respond";
import { getEventPayload } from "@/lib/analytics/payloads";
import { queueOfSegment } from "@/lib/search-params/queue-segment";

type Context = { params: Promise<{ queue: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return respond(request, "view", async () => {
    const queue = queueOfSegment((await params).queue);
    const name = parseName(request);
    return jsonText(await getEventPayload(queue, name, { signal: request.signal }));
  });
}
