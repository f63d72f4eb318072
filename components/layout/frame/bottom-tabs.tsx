"use client";
"use no memo";
import { type ReactNode, useState } from "react";
import { lazyDialog, onIntent } from "@/components/ui/feedback/lazy";
import { Icon } from "@/components/ui/icons/icon";
import { SectionLink } from "./section-link";
import { SECTIONS, TAB_COUNT } from "./sections";

const TAB =
  "flex h-14 flex-col items-center justify-center gap-0.5 font-medium text-11 text-ink-3 -outline-offset-2 aria-[current]:text-accent-text short:h-11";

const MoreSheet = lazyDialog(() => import("./more-sheet").then((m) => m.MoreSheet));

/** The first sections as tabs at the bottom of narrow screens. */
export function BottomTabs() {
  return (
    <nav
      aria-label="Main"
      className="grid auto-cols-fr grid-flow-col border-t bg-surface pb-[env(safe-area-inset-bottom)] wide:hidden"
    >
      {SECTIONS.slice(0, TAB_COUNT).map(({ href, icon, label }) => (
        <SectionLink key={href} href={href} className={TAB}>
          <Icon name={icon} size={20} />
          {label}
        </SectionLink>
      ))}
      <MoreButton className={TAB}>
        <Icon name="ellipsis" size={20} />
        More
      </MoreButton>
    </nav>
  );
}

function MoreButton({ className, children }: { className: string; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        {...onIntent(MoreSheet.preload)}
        onClick={() => setOpen(true)}
        className={className}
      >
        {children}
      </button>
      {open && <MoreSheet onClose={() => setOpen(false)} />}
    </>
  );
}
