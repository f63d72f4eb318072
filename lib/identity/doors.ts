import { hasOidc } from "@/lib/db/door-settings";
import { getEnvironment } from "@/lib/db/env";

/** The doors of the sign-in page: the name of the identity provider, if any, and whether the token is accepted. */
export function getSignInDoors(): { provider: string | null; token: boolean } {
  const settings = getEnvironment();
  return {
    provider: hasOidc(settings) ? settings.DASHBOARD_OIDC_NAME : null,
    token: settings.DASHBOARD_TOKEN !== undefined,
  };
}
