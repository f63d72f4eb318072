"use client";
import { createContext, type ReactNode, useContext } from "react";
import type { Access, Permission } from "@/lib/model/access";

/** Without a provider, as in component tests, everything is permitted. */
const AccessContext = createContext<Access>({
  name: "",
  door: "local",
  denied: {},
  hasSession: false,
});

export function AccessProvider({ value, children }: { value: Access; children: ReactNode }) {
  return <AccessContext value={value}>{children}</AccessContext>;
}

/** The signed-in person and their permissions. */
export function useAccess(): Access {
  return useContext(AccessContext);
}

/** Why this person lacks the permission; `null` if they have it. The server checks again. */
export function useDenied(permission: Permission): string | null {
  return useAccess().denied[permission] ?? null;
}
