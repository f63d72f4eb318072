import { getEnvironment } from "@/lib/db/env";
import { findApp } from "./program";
import { serve } from "./serve";
import { supervise } from "./supervise";

/**
 * Serves the built dashboard with the environment's settings until it receives a stop signal. It changes nothing in the
 * database, and starts without one.
 *
 * @returns the exit code: 0 after a stop signal.
 * @throws EnvironmentError
 */
export async function start(): Promise<number> {
  const settings = getEnvironment();
  const { HOST: host, PORT: port, BASE_PATH: basePath } = settings;
  const folder = await findApp();
  if (folder === undefined) {
    console.error('There is no build yet. Run "npm run build" first.');
    return 1;
  }
  return supervise(async (supervision) => {
    const server = await serve({
      ...{ folder, basePath, host, port },
      allowedHosts: settings.DASHBOARD_ALLOWED_HOSTS,
    });
    supervision.add({ name: "dashboard", stop: server.stop });
    if (!supervision.signal.aborted) console.log(`The dashboard is at ${server.url}`);
  });
}
