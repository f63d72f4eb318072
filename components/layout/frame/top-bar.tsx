import { Icon } from "@/components/ui/icons/icon";
import { Kbd, ModifierKey } from "@/components/ui/text/kbd";
import type { DatabaseLabel } from "@/lib/model/database";
import { LiveIndicator } from "../live/live-indicator";
import { CommandButton } from "../palette/command-button";
import { RefreshSelect } from "../preferences/refresh-select";
import { ThemeSwitch } from "../preferences/theme-switch";
import { ZoneSwitch } from "../preferences/zone-switch";
import { Breadcrumbs } from "./breadcrumbs";
import { DatabaseBadge } from "./database-badge";
import { Logo } from "./logo";

export function TopBar({ database }: { database: DatabaseLabel | null }) {
  return (
    <header className="flex min-w-0 items-center gap-2 border-b bg-canvas pr-2 pl-3 wide:gap-3 wide:px-4">
      <span className="wide:hidden">
        <Logo />
      </span>
      <div className="flex min-w-0 items-center gap-2 wide:flex-1">
        {database && <DatabaseBadge database={database} />}
        <Breadcrumbs />
      </div>
      <CommandButton>
        <Icon name="search" />
        <span className="hidden flex-1 truncate text-left wide:block">
          Jump to a task, run, queue or page
        </span>
        <span className="hidden wide:block">
          <Kbd always>
            <ModifierKey />
          </Kbd>
          <Kbd always>K</Kbd>
        </span>
      </CommandButton>
      <div className="flex items-center justify-end gap-1 wide:flex-1">
        <LiveIndicator />
        <span className="hidden wide:contents">
          <RefreshSelect />
          <ZoneSwitch />
        </span>
        <ThemeSwitch />
      </div>
    </header>
  );
}
