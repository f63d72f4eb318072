import { answer } from "@/app/api/respond";
import { openly } from "@/lib/identity/require";
import { readings } from "@/lib/live/readings";
import { combineHealth } from "@/lib/model/rows/health";
import { shutdownSignal } from "@/lib/shutdown";

/**
 * Whether the dashboard can show data: it isn't stopping, and its database responds and has the engine's schema. With
 * several databases one is enough, so that a load balancer doesn't make the others unreachable too.
 */
export function GET(request: Request): Promise<Response> {
  return answer(request, async () => {
    if (shutdownSignal().aborted) return Response.json({ status: "stopping" }, { status: 503 });
    const { status } = combineHealth(await openly(request, () => readings.health(request)));
    return status === "ok"
      ? Response.json({ status: "ready" })
      : Response.json({ status }, { status: 503 });
  });
}
