import { answer } from "@/app/api/respond";
import { coalesce } from "@/lib/analytics/coalesce";
import { getHealth } from "@/lib/analytics/health";
import { openly } from "@/lib/identity/require";

/** Needs no session, for the probes of load balancers. */
export function GET(request: Request): Promise<Response> {
  return answer(request, async () => {
    const read = () => coalesce(["health"], request, (signal) => getHealth({ signal }));
    const health = await openly(read);
    return Response.json(health, { status: health.database === "up" ? 200 : 503 });
  });
}
