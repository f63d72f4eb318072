import type { Metadata } from "next";
import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { Suspense } from "react";
import { Providers } from "@/app/(dashboard)/providers";
import { Fleet } from "@/components/fleet/fleet";
import { parsePreferences } from "@/components/layout/preferences/preferences";
import { findFleet } from "@/lib/identity/require";

export const metadata: Metadata = { title: "Databases" };

/**
 * The page of all databases. The server reads none of them: the browser requests each one separately, so that none
 * waits for another.
 */
export default function FleetPage() {
  return (
    <Suspense>
      <SignedIn />
    </Suspense>
  );
}

async function SignedIn() {
  const jar = await cookies();
  const caller = await findFleet();
  if (!caller) redirect("/sign-in?next=/fleet");
  const { databases, uncovered, hasSession, isOne } = caller;
  if (isOne) redirect("/");
  return (
    <Providers preferences={parsePreferences((name) => jar.get(name)?.value)}>
      <Fleet databases={databases} uncovered={uncovered} hasSession={hasSession} />
    </Providers>
  );
}
