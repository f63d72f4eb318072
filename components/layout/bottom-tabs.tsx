"use client";
import { usePathname } from "next/navigation";
import { useState } from "react";
import { Icon } from "@/components/ui/icon";
import { lazyExtra } from "@/components/ui/lazy-part";
import { Link } from "@/components/ui/link";
import { cn } from "@/lib/cn";
import { ROOMS, roomOf } from "./rooms";

const MoreSheet = lazyExtra(() => import("./more-sheet").then((m) => m.MoreSheet));

/** Rooms with a tab of their own; the others are under More. */
const TABS = 4;

const TAB =
  "flex h-14 flex-col items-center justify-center gap-0.5 font-medium text-11 -outline-offset-2";

/** The rooms, as tabs at the bottom of a narrow screen. */
export function BottomTabs() {
  const current = roomOf(usePathname());
  const [open, setOpen] = useState(false);
  return (
    <nav
      aria-label="Main"
      className="grid auto-cols-fr grid-flow-col border-t bg-surface pb-[env(safe-area-inset-bottom)] wide:hidden"
    >
      {ROOMS.slice(0, TABS).map((room) => (
        <Link
          key={room.href}
          href={room.href}
          aria-current={room === current ? "page" : undefined}
          className={cn(TAB, room === current ? "text-accent-text" : "text-ink-3")}
        >
          <Icon name={room.icon} size={20} />
          {room.label}
        </Link>
      ))}
      <button
        type="button"
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
        className={cn(TAB, "text-ink-3")}
      >
        <Icon name="ellipsis" size={20} />
        More
      </button>
      {open && <MoreSheet rooms={ROOMS.slice(TABS)} onClose={() => setOpen(false)} />}
    </nav>
  );
}
