import type { ReactNode } from "react";
import { SignOut } from "@/components/layout/session/sign-out";
import { TokenBanner } from "@/components/layout/session/token-banner";
import { TenantNote } from "@/components/tenants/tenant-note";
import { Icon } from "@/components/ui/icons/icon";
import type { DatabaseLabel } from "@/lib/model/database";
import { DatabaseStatus } from "../live/database-status";
import { DimWhenLost, LostBanner } from "../live/lost-connection";
import { LivePush } from "../live/push";
import { ReplicaBanner } from "../live/replica-banner";
import { NewVersionBanner } from "../version";
import { BottomTabs } from "./bottom-tabs";
import { Logo } from "./logo";
import { SavedViewLinks } from "./saved-view-links";
import { CountedLink, SectionCounts } from "./section-counts";
import { SECTIONS } from "./sections";
import { TopBar } from "./top-bar";

/** The frame of every page: the bars are fixed, the page scrolls. */
export function Shell({
  database,
  databaseName,
  tenants,
  hasSession,
  children,
}: {
  database: DatabaseLabel | null;
  /** Its name on the database server; `null` for pages outside any database. */
  databaseName: string | null;
  tenants: readonly string[] | null;
  hasSession: boolean;
  children: ReactNode;
}) {
  return (
    <div className="grid h-dvh grid-cols-[minmax(0,1fr)] grid-rows-[48px_minmax(0,1fr)_auto] wide:grid-cols-[200px_minmax(0,1fr)] wide:grid-rows-[44px_minmax(0,1fr)]">
      <a
        href="#main"
        className="sr-only z-50 rounded-2 bg-inverse px-3 py-2 text-ink-inverse focus:not-sr-only focus:absolute focus:top-1 focus:left-1"
      >
        Skip to content
      </a>
      <aside className="hidden min-h-0 flex-col border-r bg-canvas px-2 wide:row-span-2 wide:flex">
        <div className="flex h-11 shrink-0 items-center gap-2 px-2 font-semibold text-14 tracking-tight">
          <Logo />
          Absurd
        </div>
        {databaseName === null ? (
          <SideLinks />
        ) : (
          <SectionCounts>
            <SideLinks />
          </SectionCounts>
        )}
        <SavedViewLinks />
        <div className="mt-auto flex flex-col gap-1 border-t py-2">
          <TenantNote tenants={tenants} />
          <DatabaseStatus name={databaseName} />
          {hasSession && <SignOut />}
        </div>
      </aside>
      <TopBar database={database} />
      <main
        id="main"
        tabIndex={-1}
        className="flex min-h-0 min-w-0 flex-col overflow-auto outline-none"
      >
        <TokenBanner />
        <LostBanner />
        <ReplicaBanner />
        <NewVersionBanner />
        <DimWhenLost>{children}</DimWhenLost>
      </main>
      <BottomTabs />
      <LivePush />
    </div>
  );
}

/** The sections as a side navigation. */
function SideLinks() {
  return (
    <nav aria-label="Main" className="flex flex-col gap-px">
      {SECTIONS.map(({ href, icon, label }) => (
        <CountedLink
          key={href}
          href={href}
          className="group flex h-11 items-center gap-2 rounded-2 px-2 font-medium text-ink-2 hover:bg-active/60 aria-[current]:bg-active aria-[current]:text-ink wide:h-7"
        >
          <Icon name={icon} className="text-ink-3 group-aria-[current]:text-ink" />
          {label}
        </CountedLink>
      ))}
    </nav>
  );
}
