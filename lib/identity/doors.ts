import { hasOidc } from "@/lib/db/door-settings";
import { getEnvironment } from "@/lib/db/env";

/** The doors at which people sign in by hand: the name of the identity provider if there is one, and the token. */
export function getSignInDoors(): { provider: string | null; token: boolean } {
  const settings = getEnvironment();
  return {
    provider: hasOidc(settings) ? settings.DASHBOARD_OIDC_NAME : null,
    token: settings.DASHBOARD_TOKEN !== undefined,
  };
}
