"use client";
"use no memo";
import { QueryClientProvider } from "@tanstack/react-query";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import { type ReactNode, useState } from "react";
import { createQueryClient } from "@/components/layout/live/query-client";
import type { Preferences } from "@/components/layout/preferences/preferences";
import { PreferencesProvider } from "@/components/layout/preferences/preferences-provider";
import { VersionWatch } from "@/components/layout/version";
import { ManualCopy } from "@/components/ui/overlay/copy";
import { Tips } from "@/components/ui/overlay/tips";
import { Toaster } from "@/components/ui/overlay/toast";

export function Providers({
  preferences,
  children,
}: {
  preferences: Preferences;
  children: ReactNode;
}) {
  const [client] = useState(createQueryClient);
  return (
    <NuqsAdapter>
      <QueryClientProvider client={client}>
        <VersionWatch>
          <PreferencesProvider initial={preferences}>
            {children}
            <Tips />
          </PreferencesProvider>
          <Toaster />
          <ManualCopy />
        </VersionWatch>
      </QueryClientProvider>
    </NuqsAdapter>
  );
}
