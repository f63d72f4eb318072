"use client";
import { createContext, type ReactNode, useContext } from "react";

const TenantsContext = createContext<readonly string[] | null>(null);

export function TenantsProvider({
  value,
  children,
}: {
  value: readonly string[] | null;
  children: ReactNode;
}) {
  return <TenantsContext value={value}>{children}</TenantsContext>;
}

/** The tenants this dashboard is restricted to; `null` when it shows everything. */
export function useTenants(): readonly string[] | null {
  return useContext(TenantsContext);
}
