"use client";
import { QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { Preferences } from "@/components/layout/preferences";
import { PreferencesProvider } from "@/components/layout/preferences-provider";
import { createQueryClient } from "@/components/layout/query-client";
import { Toaster } from "@/components/ui/toast";

export function Providers({
  preferences,
  children,
}: {
  preferences: Preferences;
  children: ReactNode;
}) {
  const [client] = useState(createQueryClient);
  return (
    <QueryClientProvider client={client}>
      <PreferencesProvider initial={preferences}>{children}</PreferencesProvider>
      <Toaster />
    </QueryClientProvider>
  );
}
