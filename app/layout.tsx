import { GeistMono } from "geist/font/mono";
import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { parsePreferences } from "@/components/layout/preferences/preferences";
import { withBase } from "@/lib/base-path";
import { cn } from "@/lib/cn";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Absurd", template: "%s · Absurd" },
  description: "The operator's dashboard for Absurd, the Postgres-native durable-execution engine",
  icons: { icon: withBase("/icon.svg") },
};

export const viewport: Viewport = { colorScheme: "light dark" };

export default async function RootLayout({ children }: { children: ReactNode }) {
  const jar = await cookies();
  const { theme } = parsePreferences((name) => jar.get(name)?.value);
  return (
    <html
      lang="en"
      className={cn(GeistSans.variable, GeistMono.variable)}
      data-theme={theme === "system" ? undefined : theme}
    >
      <body>{children} </body>
    </html>
  );
}
