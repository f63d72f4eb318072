import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { Shell } from "@/components/layout/frame/shell";
import { parsePreferences } from "@/components/layout/preferences/preferences";
import { SessionProvider } from "@/components/layout/session/session-provider";
import { TenantsProvider } from "@/components/tenants/tenants-provider";
import { isTokenRequired, viewedTenants } from "@/lib/identity/require";
import { Providers } from "./providers";

export default async function DashboardLayout({ children }: { children: ReactNode }) {
  const jar = await cookies();
  const preferences = parsePreferences((name) => jar.get(name)?.value);
  const tenants = viewedTenants();
  const hasSession = isTokenRequired();
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
