"use client";
"use no memo";
import { useEffect, useState } from "react";
import { Icon } from "@/components/ui/icons/icon";
import { withBase } from "@/lib/base-path";

const CHANNEL = "absurd-dashboard-session";

/** Prevents this tab from acting on its own broadcast, since it follows the server's redirect. */
let isLeaving = false;

/**
 * Ends the session and unloads the document in every tab of this browser, so that no row stays on screen or in memory.
 */
export function SignOut() {
  const [pending, setPending] = useState(false);
  useEffect(() => {
    const channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = () => {
      if (!isLeaving) location.assign(withBase("/sign-in"));
    };
    return () => channel.close();
  }, []);
  async function signOut() {
    setPending(true);
    isLeaving = true;
    // Without a response the cookie remains, and the sign-in page redirects back here.
    const to = await requestSignOut().catch(() => "/sign-in");
    new BroadcastChannel(CHANNEL).postMessage("signed out");
    // The provider's page is on another site.
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

/** Ends the session; returns the URL to open next. */
async function requestSignOut(): Promise<string> {
  // biome-ignore lint/style/noRestrictedGlobals: a route of the whole dashboard, whichever database the page is of
  const response = await fetch(withBase("/sign-out"), { method: "POST" });
  const { to } = (await response.json()) as { to?: string };
  return to ?? "/sign-in";
}
