import { answer } from "@/app/api/respond";
import { openly } from "@/lib/identity/require";
import { readings } from "@/lib/live/readings";

/** Needs no session, for the probes of load balancers. */
export function GET(request: Request): Promise<Response> {
  return answer(request, async () => {
    const health = await openly(() => readings.health(request));
    return Response.json(health, { status: health.database === "up" ? 200 : 503 });
  });
}
