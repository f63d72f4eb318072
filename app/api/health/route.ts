import { answer } from "@/app/api/respond";
import { coalesce } from "@/lib/analytics/coalesce";
import { getHealth } from "@/lib/analytics/health";

/** Needs no session, for the probes of load balancers. */
export function GET(request: Request): Promise<Response> {
  return answer(request, async () => {
    const health = await coalesce(["health"], request, (signal) => getHealth({ signal }));
    return Response.json(health, { status: health.database === "up" ? 200 : 503 });
  });
}
