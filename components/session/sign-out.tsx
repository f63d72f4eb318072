"use client";
import { Icon } from "@/components/ui/icon";
import { signOutAction } from "@/lib/actions/session";
import { useSession } from "./session-provider";

/** Ends the session in this browser, where there is one. */
export function SignOut() {
  if (!useSession()) return null;
  return (
    <form action={signOutAction}>
      <button
        type="submit"
        className="flex min-h-8 w-full items-center gap-2 rounded-2 px-2 text-12 text-ink-2 hover:bg-active"
      >
        <Icon name="log-out" className="shrink-0 text-ink-3" />
        Sign out
      </button>
    </form>
  );
}
