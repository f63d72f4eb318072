import { GeistMono } from "geist/font/mono";
import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { TitleEndProvider } from "@/components/layout/frame/page-title";
import { parsePreferences } from "@/components/layout/preferences/preferences";
import { PrefixProvider } from "@/components/ui/text/prefix";
import { withBase } from "@/lib/base-path";
import { cn } from "@/lib/cn";
import { getPageDatabase, type PageDatabase } from "@/lib/identity/page-database";
import "./globals.css";

export async function generateMetadata(): Promise<Metadata> {
  const end = nameDashboard(await getPageDatabase());
  return {
    title: { default: end, template: `%s · ${end}` },
    description:
      "The operator's dashboard for Absurd, the Postgres-native durable-execution engine",
    icons: { icon: withBase("/icon.svg") },
  };
}

function nameDashboard({ label }: PageDatabase): string {
  return label ? `${label.label} · Absurd` : "Absurd";
}

export const viewport: Viewport = { colorScheme: "light dark" };

export default async function RootLayout({ children }: { children: ReactNode }) {
  const jar = await cookies();
  const database = await getPageDatabase();
  const { theme } = parsePreferences((name) => jar.get(name)?.value);
  return (
    <html
      lang="en"
      className={cn(GeistSans.variable, GeistMono.variable)}
      data-theme={theme === "system" ? undefined : theme}
    >
      <body>
        <PrefixProvider value={database.prefix}>
          <TitleEndProvider value={nameDashboard(database)}>{children}</TitleEndProvider>
        </PrefixProvider>{" "}
      </body>
    </html>
  );
}
