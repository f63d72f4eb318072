/** Runs once before the server answers: settings that cannot be used must stop it here, not on the first request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { EnvironmentError, getEnvironment } = await import("@/lib/db/env");
  try {
    getEnvironment();
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
