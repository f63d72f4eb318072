import { getEnvironment } from "@/lib/db/env";

/** Whether there is a session to sign out of: without DASHBOARD_TOKEN nobody signs in. */
export function asksForToken(): boolean {
  return getEnvironment().DASHBOARD_TOKEN !== undefined;
}
