"use client";
import { createSerializer } from "nuqs/server";
import { type ComponentProps, createContext, type ReactNode, useContext } from "react";
import { Link } from "@/components/ui/text/link";
import { tenantSearchParams } from "@/lib/search-params/tenants";

const ScopeContext = createContext<readonly string[]>([]);

/** Marks figures filtered by tenants: links inside keep the tenant filter. */
export function TenantScope({
  tenants,
  children,
}: {
  /** Empty means all tenants. */
  tenants: readonly string[];
  children: ReactNode;
}) {
  return <ScopeContext value={tenants}>{children}</ScopeContext>;
}

/** The tenants by which the surrounding figures are filtered; empty means all. */
export function useTenantScope(): readonly string[] {
  return useContext(ScopeContext);
}

const addTo = createSerializer(tenantSearchParams);

/** A link that keeps the tenant filter of the surrounding figures. */
export function ScopedLink({ href, ...props }: ComponentProps<typeof Link>) {
  const tenants = useTenantScope();
  return (
    <Link href={tenants.length === 0 ? href : addTo(href, { tenant: [...tenants] })} {...props} />
  );
}
