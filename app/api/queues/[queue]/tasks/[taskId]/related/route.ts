import { readUuid } from "@/app/api/parameters";
import { respond } from "@/app/api/respond";
import { coalesce } from "@/lib/analytics/coalesce";
import { getRelated } from "@/lib/analytics/related";

type Context = { params: Promise<{ queue: string; taskId: string }> };

export function GET(request: Request, { params }: Context): Promise<Response> {
  return respond(request, async () => {
    const { queue, taskId } = await params;
    const id = readUuid("task id", taskId);
    return coalesce(["related", queue, id], request.signal, (signal) =>
      getRelated(queue, id, { signal }),
    );
  });
}
