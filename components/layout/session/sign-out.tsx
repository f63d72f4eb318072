"use client";
import { useEffect, useState } from "react";
import { Icon } from "@/components/ui/icons/icon";
import { signOutAction } from "@/lib/actions/session";
import { withBase } from "@/lib/base-path";

const CHANNEL = "absurd-dashboard-session";

/** Ends the session, and leaves the document in every tab of this browser, so that no row stays on screen or in memory. */
export function SignOut() {
  const [pending, setPending] = useState(false);
  useEffect(() => {
    const channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = () => location.assign(withBase("/sign-in"));
    return () => channel.close();
  }, []);
  async function signOut() {
    setPending(true);
    // Without a response the cookie stays, and the sign-in page leads back here.
    const { to } = await signOutAction().catch(() => ({ to: "/sign-in" }));
    new BroadcastChannel(CHANNEL).postMessage("signed out");
    // The provider's page is another site.
    location.assign(to.startsWith("/") ? withBase(to) : to);
  }
  return (
    <button
      type="button"
      onClick={signOut}
      disabled={pending}
      className="flex min-h-8 w-full items-center gap-2 rounded-2 px-2 text-12 text-ink-2 hover:bg-active"
    >
      <Icon name="log-out" className="shrink-0 text-ink-3" />
      Sign out
    </button>
  );
}
