"use client";
import { createContext, type ReactNode, useContext } from "react";

const SessionContext = createContext(false);

export function SessionProvider({ value, children }: { value: boolean; children: ReactNode }) {
  return <SessionContext value={value}>{children}</SessionContext>;
}

/** Whether the dashboard needs a token, so that there is a session to end. */
export function useSession(): boolean {
  return useContext(SessionContext);
}
