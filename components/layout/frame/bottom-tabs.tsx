import { Icon } from "@/components/ui/icons/icon";
import { MoreButton } from "./more-button";
import { RoomLink } from "./section-link";
import { ROOMS, TABBED_ROOMS } from "./sections";

const TAB =
  "flex h-14 flex-col items-center justify-center gap-0.5 font-medium text-11 text-ink-3 -outline-offset-2 aria-[current]:text-accent-text";

/** The first rooms, as tabs at the bottom of a narrow screen. */
export function BottomTabs() {
  return (
    <nav
      aria-label="Main"
      className="grid auto-cols-fr grid-flow-col border-t bg-surface pb-[env(safe-area-inset-bottom)] wide:hidden"
    >
      {ROOMS.slice(0, TABBED_ROOMS).map(({ href, icon, label }) => (
        <RoomLink key={href} href={href} className={TAB}>
          <Icon name={icon} size={20} />
          {label}
        </RoomLink>
      ))}
      <MoreButton className={TAB}>
        <Icon name="ellipsis" size={20} />
        More
      </MoreButton>
    </nav>
  );
}
