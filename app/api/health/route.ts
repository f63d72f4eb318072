import { coalesce } from "@/lib/analytics/coalesce";
import { getHealth } from "@/lib/analytics/health";

/** Answers without a session, for the probes of load balancers. */

export async function GET(request: Request): Promise<Response> {
  const health = await coalesce(["health"], request.signal, (signal) => getHealth({ signal }));
  return Response.json(health, { status: health.database === "up" ? 200 : 503 });
}
