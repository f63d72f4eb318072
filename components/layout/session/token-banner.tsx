"use client";
"use no memo";
import { Icon } from "@/components/ui/icons/icon";
import { useAccess } from "./access-provider";

/** Shown on every page during a break-glass token session. */
export function TokenBanner() {
  if (useAccess().door !== "token") return null;
  return (
    <p
      role="note"
      className="flex items-center gap-2 border-pending-line border-b bg-pending-soft px-3 py-1 text-12"
    >
      <Icon name="key-round" size={14} className="shrink-0 text-pending-solid" />
      Signed in with the dashboard’s token: everything is permitted, and the record cannot tell who
      used it.
    </p>
  );
}
