import { answer } from "@/app/api/respond";
import { coalesce } from "@/lib/analytics/coalesce";
import { getHealth } from "@/lib/analytics/health";
import { openly } from "@/lib/identity/require";
import { shutdownSignal } from "@/lib/shutdown";

/** Whether the dashboard can show data: it is not stopping, and its database responds and has the engine's schema. */
export function GET(request: Request): Promise<Response> {
  return answer(request, async () => {
    if (shutdownSignal().aborted) return Response.json({ status: "stopping" }, { status: 503 });
    const read = () => coalesce(["health"], request, (signal) => getHealth({ signal }));
    const { status } = await openly(read);
    return status === "ok"
      ? Response.json({ status: "ready" })
      : Response.json({ status }, { status: 503 });
  });
}
