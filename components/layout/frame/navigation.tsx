import { Icon } from "@/components/ui/icons/icon";
import { RoomLink } from "./section-link";
import { ROOMS } from "./sections";

/** The rooms, as a list at the side. */
export function SideLinks() {
  return (
    <nav aria-label="Main" className="flex flex-col gap-px">
      {ROOMS.map(({ href, icon, label }) => (
        <RoomLink
          key={href}
          href={href}
          className="group flex h-11 items-center gap-2 rounded-2 px-2 font-medium text-ink-2 hover:bg-active/60 aria-[current]:bg-active aria-[current]:text-ink wide:h-7"
        >
          <Icon name={icon} className="text-ink-3 group-aria-[current]:text-ink" />
          {label}
        </RoomLink>
      ))}
    </nav>
  );
}
