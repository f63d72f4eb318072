"use client";
import { useAccess } from "@/components/layout/session/access-provider";
import { SignOut } from "@/components/layout/session/sign-out";
import { TenantNote } from "@/components/tenants/tenant-note";
import { useTenants } from "@/components/tenants/tenants-provider";
import { Icon } from "@/components/ui/icons/icon";
import { Dialog } from "@/components/ui/overlay/dialog";
import { Link } from "@/components/ui/text/link";
import { DatabaseStatus } from "../live/database-status";
import { RefreshSelect } from "../preferences/refresh-select";
import { ZoneSwitch } from "../preferences/zone-switch";
import { SECTIONS, TAB_COUNT } from "./sections";

/** What narrow screens have no space for: the other sections and the top bar's settings. */
export function MoreSheet({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="More" onClose={onClose}>
      {SECTIONS.slice(TAB_COUNT).map((section) => (
        <Link
          key={section.href}
          href={section.href}
          onClick={onClose}
          className="flex h-11 items-center gap-3 font-medium"
        >
          <Icon name={section.icon} size={20} className="text-ink-3" />
          {section.label}
        </Link>
      ))}
      <div className="flex min-h-11 items-center justify-between">
        Refresh every
        <RefreshSelect />
      </div>
      <div className="flex min-h-11 items-center justify-between">
        Times in
        <ZoneSwitch />
      </div>
      <div className="-mx-2 mt-2 border-t pt-2">
        <TenantNote tenants={useTenants()} className="py-1" />
        <DatabaseStatus />
        {useAccess().hasSession && <SignOut />}
      </div>
    </Dialog>
  );
}
