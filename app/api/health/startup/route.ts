import { shutdownSignal } from "@/lib/shutdown";

/** Whether the server has started with valid settings and isn't stopping, regardless of the database. */
export function GET(): Response {
  const isStopping = shutdownSignal().aborted;
  return Response.json(
    { status: isStopping ? "stopping" : "started" },
    { status: isStopping ? 503 : 200 },
  );
}
