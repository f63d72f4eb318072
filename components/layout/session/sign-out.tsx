import { Icon } from "@/components/ui/icons/icon";
import { signOutAction } from "@/lib/actions/session";

/** Ends the session in this browser. */
export function SignOut() {
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
