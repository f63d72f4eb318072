"use client";
import { usePathname } from "next/navigation";
import { Icon } from "@/components/ui/icon";
import { Link } from "@/components/ui/link";
import { cn } from "@/lib/cn";
import { ROOMS, roomOf } from "./rooms";

/** The rooms, as a list at the side. */
export function SideLinks() {
  const current = roomOf(usePathname());
  return (
    <nav aria-label="Main" className="flex flex-col gap-px">
      {ROOMS.map((room) => (
        <Link
          key={room.href}
          href={room.href}
          aria-current={room === current ? "page" : undefined}
          className={cn(
            "flex h-11 items-center gap-2 rounded-2 px-2 font-medium wide:h-7",
            room === current ? "bg-active text-ink" : "text-ink-2 hover:bg-active/60",
          )}
        >
          <Icon name={room.icon} className={room === current ? undefined : "text-ink-3"} />
          {room.label}
        </Link>
      ))}
    </nav>
  );
}
