import { respond } from "@/app/api/respond";
import { coalesce } from "@/lib/analytics/coalesce";
import { listQueues } from "@/lib/analytics/queues";

export function GET(request: Request): Promise<Response> {
  return respond(request, () =>
    coalesce(["queues"], request.signal, (signal) => listQueues({ signal })),
  );
}
