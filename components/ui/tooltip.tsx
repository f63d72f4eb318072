"use client";
import { type ReactNode, useId, useState } from "react";
import { cn } from "@/lib/cn";

/** A remark under a control, on hover and focus; Escape puts it away. The control names it in `aria-describedby`. */
export function Tooltip({
  text,
  className,
  children,
}: {
  text: ReactNode;
  className?: string;
  children: (describedBy: string) => ReactNode;
}) {
  const id = useId();
  const [open, setOpen] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only watches what happens to the control inside
    <span
      className={cn("relative inline-flex", className)}
      onPointerEnter={() => setOpen(true)}
      onPointerLeave={() => setOpen(false)}
      onFocus={() => setOpen(true)}
      onBlur={() => setOpen(false)}
      onKeyDown={(event) => event.key === "Escape" && setOpen(false)}
    >
      {children(id)}
      <span
        id={id}
        role="tooltip"
        className={cn(
          "float-in absolute top-full right-0 z-30 mt-1.5 w-max max-w-72 rounded-2 bg-inverse px-2 py-1 text-12 text-ink-inverse shadow-2",
          !open && "hidden",
        )}
      >
        {text}
      </span>
    </span>
  );
}
