import type { ReactNode } from "react";
import { Shell } from "@/components/layout/shell";
import { SessionProvider } from "@/components/session/session-provider";
import { TenantsProvider } from "@/components/tenants/tenants-provider";
import { asksForToken } from "@/lib/auth/asks-for-token";
import { viewedTenants } from "@/lib/auth/viewed-tenants";

export default function DashboardLayout({ children }: { children: ReactNode }) {
  return (
    <TenantsProvider value={viewedTenants()}>
      <SessionProvider value={asksForToken()}>
        <Shell>{children}</Shell>
      </SessionProvider>
    </TenantsProvider>
  );
}
