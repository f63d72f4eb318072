"use client";
import { type ReactNode, useState } from "react";
import { lazyOptional } from "@/components/ui/feedback/lazy";

const MoreSheet = lazyOptional(() => import("./more-sheet").then((m) => m.MoreSheet));

/** Opens what a narrow screen has no room for. */
export function MoreButton({ className, children }: { className: string; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
        className={className}
      >
        {children}
      </button>
      {open && <MoreSheet onClose={() => setOpen(false)} />}
    </>
  );
}
