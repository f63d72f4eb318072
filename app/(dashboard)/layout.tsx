import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { readPreferences } from "@/components/layout/preferences";
import { Shell } from "@/components/layout/shell";
import { SessionProvider } from "@/components/session/session-provider";
import { TenantsProvider } from "@/components/tenants/tenants-provider";
import { asksForToken } from "@/lib/auth/asks-for-token";
import { viewedTenants } from "@/lib/auth/viewed-tenants";
import { Providers } from "./providers";

export default async function DashboardLayout({ children }: { children: ReactNode }) {
  const jar = await cookies();
  const preferences = readPreferences((name) => jar.get(name)?.value);
  const tenants = viewedTenants();
  const hasSession = asksForToken();
  return (
    <Providers preferences={preferences}>
      <TenantsProvider value={tenants}>
        <SessionProvider value={hasSession}>
          <Shell tenants={tenants} hasSession={hasSession}>
            {children}
          </Shell>
        </SessionProvider>
      </TenantsProvider>
    </Providers>
  );
}
