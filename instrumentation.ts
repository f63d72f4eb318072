/**
 * Runs once before the server answers: settings that cannot be used must stop it here, not on the first request. Then
 * bulk operations that an earlier process left unfinished go on.
 */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { checkEnvironment } = await import("@/lib/db/check-environment");
    checkEnvironment();
    const { startBulkRunner } = await import("@/lib/bulk/runner");
    startBulkRunner();
  }
}
