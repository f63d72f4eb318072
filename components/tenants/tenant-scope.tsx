"use client";
import { createSerializer } from "nuqs/server";
import { type ComponentProps, createContext, type ReactNode, useContext } from "react";
import { Link } from "@/components/ui/text/link";
import { tenantSearchParams } from "@/lib/search-params/tenants";

const ScopeContext = createContext<readonly string[]>([]);

/** Figures of some tenants: what they lead to is narrowed to these as well. */
export function TenantScope({
  tenants,
  children,
}: {
  /** None means everybody. */
  tenants: readonly string[];
  children: ReactNode;
}) {
  return <ScopeContext value={tenants}>{children}</ScopeContext>;
}

/** The tenants that the figures around are narrowed to; none means everybody. */
export function useTenantScope(): readonly string[] {
  return useContext(ScopeContext);
}

const addTo = createSerializer(tenantSearchParams);

/** A link from a figure, with the tenants that the figure is of. */
export function ScopedLink({ href, ...props }: ComponentProps<typeof Link>) {
  const tenants = useTenantScope();
  return (
    <Link href={tenants.length === 0 ? href : addTo(href, { tenant: [...tenants] })} {...props} />
  );
}
