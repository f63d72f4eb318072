"use client";
import { createContext, type ReactNode, useContext } from "react";
import type { Access, Permission } from "@/lib/model/access";

/** Without a provider, as in tests of components, everything is permitted. */
const AccessContext = createContext<Access>({
  name: "",
  door: "local",
  denied: {},
  hasSession: false,
});

export function AccessProvider({ value, children }: { value: Access; children: ReactNode }) {
  return <AccessContext value={value}>{children}</AccessContext>;
}

/** Who is at the browser. */
export function useAccess(): Access {
  return useContext(AccessContext);
}

/** Why the person may not do this; `null` if it is permitted. The server decides again. */
export function useDenied(permission: Permission): string | null {
  return useAccess().denied[permission] ?? null;
}
