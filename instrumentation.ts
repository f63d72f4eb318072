/**
 * Runs once before the server answers: settings that cannot be used must stop it here, not on the first request. Then
 * bulk operations that an earlier process left unfinished go on.
 */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === "nodejs") {
    // What this throws ends the server with its message.
    const { getEnvironment } = await import("@/lib/db/env");
    getEnvironment();
    const { guardRequests } = await import("@/lib/identity/request-guard");
    guardRequests();
    const { startBulkRunner, stopBulkRunner } = await import("@/lib/bulk/runner");
    const { onShutdown } = await import("@/lib/shutdown");
    startBulkRunner();
    onShutdown("bulk operations", stopBulkRunner);
  }
}
