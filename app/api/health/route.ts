import { answer } from "@/app/api/respond";
import { openly } from "@/lib/identity/require";
import { readings } from "@/lib/live/readings";
import { combineHealth } from "@/lib/model/rows/health";

/** Needs no session, for the probes of load balancers. With several databases, up while at least one is. */
export function GET(request: Request): Promise<Response> {
  return answer(request, async () => {
    const health = combineHealth(await openly(request, () => readings.health(request)));
    return Response.json(health, { status: health.database === "up" ? 200 : 503 });
  });
}
