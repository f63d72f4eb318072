import { parseName } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { getBaseline } from "@/lib/analytics/baseline";
import { coalesce } from "@/lib/analytics/coalesce";
import { queueOfSegment } from "@/lib/search-params/queue-segment";

type Context = { params: Promise<{ queue: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return respond(request, "view", async () => {
    const queue = queueOfSegment((await params).queue);
    const name = parseName(request);
    return coalesce(["usual", queue, name], request, (signal) =>
      getBaseline(queue, name, { signal }),
    );
  });
}
