import { EnvironmentError, getEnvironment } from "./env";

/** Ends the process with a message on standard error when its settings cannot be used. */
export function checkEnvironment(): void {
  try {
    getEnvironment();
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
