"use client";
import { type ReactNode, useState } from "react";
import { lazyExtra } from "@/components/ui/feedback/lazy-part";

const MoreSheet = lazyExtra(() => import("./more-sheet").then((m) => m.MoreSheet));

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
