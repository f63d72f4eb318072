import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { Shell } from "@/components/layout/frame/shell";
import { parsePreferences } from "@/components/layout/preferences/preferences";
import { AccessProvider } from "@/components/layout/session/access-provider";
import { TenantsProvider } from "@/components/tenants/tenants-provider";
import { getPageDatabase } from "@/lib/identity/page-database";
import { findAccess } from "@/lib/identity/require";
import { Providers } from "./providers";

export default async function DashboardLayout({ children }: { children: ReactNode }) {
  const jar = await cookies();
  const preferences = parsePreferences((name) => jar.get(name)?.value);
  const caller = await findAccess();
  if (!caller) redirect("/sign-in");
  const { access, tenants } = caller;
  const { label, databaseName } = await getPageDatabase();
  return (
    <Providers preferences={preferences}>
      <TenantsProvider value={tenants}>
        <AccessProvider value={access}>
          <Shell
            database={label}
            databaseName={databaseName}
            tenants={tenants}
            hasSession={access.hasSession}
          >
            {children}
          </Shell>
        </AccessProvider>
      </TenantsProvider>
    </Providers>
  );
}
