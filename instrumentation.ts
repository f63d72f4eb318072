/**
 * Runs once before the server accepts requests, so that unusable settings stop the server at start and not on the first
 * request. Then offers answers to the server around the framework, and resumes bulk operations that an earlier process
 * left unfinished.
 */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === "nodejs") {
    // An error thrown here stops the server with its message.
    const { getEnvironment } = await import("@/lib/db/env");
    getEnvironment();
    const { guardRequests } = await import("@/lib/identity/request-guard");
    guardRequests();
    const { answerApiDirectly } = await import("@/app/api/direct");
    const { offerDirectAnswers } = await import("@/lib/direct-answers");
    offerDirectAnswers(answerApiDirectly);
    const { startBulkRunner, stopBulkRunner } = await import("@/lib/bulk/runner");
    const { onShutdown } = await import("@/lib/shutdown");
    startBulkRunner();
    onShutdown("bulk operations", stopBulkRunner);
  }
}
