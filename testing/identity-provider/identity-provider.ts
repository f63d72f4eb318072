import { fileURLToPath } from "node:url";
import { execa } from "execa";
import getPort from "get-port";

export type IdentityProvider = {
  issuer: string;
  /** Changes accounts, clock, keys or faults; see `main.ts`. */
  control: (change: Record<string, unknown>) => Promise<void>;
  stop: () => Promise<void>;
};

/** Starts a real OpenID provider with these accounts and their groups. It accepts any password. */
export async function startIdentityProvider(
  dashboardUrl: string,
  accounts: Record<string, string[]>,
): Promise<IdentityProvider> {
  const port = await getPort({ host: "127.0.0.1" });
  const issuer = `http://127.0.0.1:${port}`;
  const settings = {
    port,
    redirect: `${dashboardUrl}/sign-in/oidc/callback`,
    afterSignOut: `${dashboardUrl}/sign-in`,
    accounts,
  };
  const child = execa(
    process.execPath,
    ["--import", "tsx", fileURLToPath(new URL("main.ts", import.meta.url))],
    { env: { PROVIDER: JSON.stringify(settings) }, all: true, reject: false },
  );
  await waitFor(`${issuer}/.well-known/openid-configuration`, child);
  return {
    issuer,
    control: async (change) => {
      await fetch(`${issuer}/control`, { method: "POST", body: JSON.stringify(change) });
    },
    stop: async () => {
      child.kill("SIGKILL");
      await child;
    },
  };
}

async function waitFor(
  url: string,
  child: PromiseLike<{ all?: unknown }> & { exitCode?: number | null },
) {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; ) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    if (typeof child.exitCode === "number") throw new Error(String((await child).all));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The provider did not answer at ${url}.`);
}

/** Settings of a dashboard whose people sign in at this provider. */
export function providerSettings(issuer: string, dashboardUrl: string): Record<string, string> {
  return {
    DASHBOARD_URL: dashboardUrl,
    DASHBOARD_SECRET: "a-secret-of-tests-with-at-least-32-characters",
    DASHBOARD_OIDC_ISSUER: issuer,
    DASHBOARD_OIDC_CLIENT_ID: "dashboard",
    DASHBOARD_OIDC_CLIENT_SECRET: "secret-of-dashboard",
    DASHBOARD_OIDC_SCOPES: "openid profile groups offline_access",
    DASHBOARD_OIDC_ROLES:
      "admin=groups:ops,operator[queues=billing-*]=groups:billing,viewer=groups:dev",
  };
}
