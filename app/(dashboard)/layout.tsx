import type { ReactNode } from "react";
import { Shell } from "@/components/layout/shell";
import { TenantsProvider } from "@/components/tenants/tenants-provider";
import { viewedTenants } from "@/lib/auth/viewed-tenants";

export default function DashboardLayout({ children }: { children: ReactNode }) {
  return (
    <TenantsProvider value={viewedTenants()}>
      <Shell>{children}</Shell>
    </TenantsProvider>
  );
}
