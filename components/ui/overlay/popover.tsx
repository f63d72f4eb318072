"use client";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { cn } from "@/lib/cn";
import { Button } from "../form/button";

/**
 * A button with a panel below it, in the browser's top layer. Escape or a press outside closes it; focus moves in and
 * back.
 */
export function Popover({
  label,
  title,
  className,
  onIntent,
  children,
}: {
  label: ReactNode;
  /** Accessible name of the panel. */
  title: string;
  className?: string;
  /** Called on hover and focus, to preload what the panel needs. */
  onIntent?: () => void;
  children: (close: () => void) => ReactNode;
}) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    if (!open) return;
    const place = () => {
      if (button.current && panel.current) placeBelow(button.current, panel.current);
    };
    place();
    // The content may load after opening, and pages scroll in boxes of their own.
    const observer = new ResizeObserver(place);
    if (panel.current) observer.observe(panel.current);
    window.addEventListener("scroll", place, true);
    window.addEventListener("resize", place);
    return () => {
      observer.disconnect();
      window.removeEventListener("scroll", place, true);
      window.removeEventListener("resize", place);
    };
  }, [open]);
  return (
    <>
      <Button
        ref={button}
        popoverTarget={id}
        aria-haspopup="dialog"
        aria-expanded={open}
        onPointerEnter={onIntent}
        onFocus={onIntent}
      >
        {label}
      </Button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={title}
        onBeforeToggle={({ newState }) => newState === "open" && setOpen(true)}
        onToggle={({ newState }) => {
          // The content stays mounted until the panel has closed, because the browser only returns the focus from an
          // element that still exists.
          if (newState === "closed") setOpen(false);
          // Only visible elements can be focused.
          else panel.current?.querySelector<HTMLElement>("[data-autofocus]")?.focus();
        }}
        className={cn(
          "float-in inset-auto m-0 max-h-[60dvh] w-72 max-w-[calc(100vw-24px)] overflow-y-auto rounded-3 bg-raised p-3 text-ink shadow-3 max-wide:w-[calc(100vw-24px)]",
          className,
        )}
      >
        {open && children(() => panel.current?.hidePopover())}
      </div>
    </>
  );
}

const GAP = 6;
const MARGIN = 12;

/** Places the panel below the button, right-aligned and within the window. */
function placeBelow(button: HTMLElement, panel: HTMLElement): void {
  const anchor = button.getBoundingClientRect();
  const { width, height } = panel.getBoundingClientRect();
  const left = Math.min(anchor.right - width, window.innerWidth - MARGIN - width);
  const below = anchor.bottom + GAP;
  const fits = below + height <= window.innerHeight - MARGIN;
  panel.style.left = `${Math.max(left, MARGIN)}px`;
  panel.style.top = `${fits ? below : Math.max(MARGIN, anchor.top - GAP - height)}px`;
}
