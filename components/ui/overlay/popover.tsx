"use client";
import { type ReactNode, startTransition, useEffect, useId, useRef, useState } from "react";
import { cn } from "@/lib/cn";
import { Button } from "../form/button";

/** A button with a panel below it. Escape or a click outside closes it; focus moves in and back. */
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
  const box = useRef<HTMLSpanElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  useEffect(() => {
    if (!open) return;
    box.current?.querySelector<HTMLElement>("[data-autofocus]")?.focus();
    const leave = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener("pointerdown", leave);
    return () => document.removeEventListener("pointerdown", leave);
  }, [open]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only handles Escape from its children
    <span
      ref={box}
      className="relative inline-flex"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open) return;
        event.preventDefault();
        close();
      }}
    >
      <Button
        ref={button}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onPointerEnter={onIntent}
        onFocus={onIntent}
        // In a transition, a lazy panel opens when its code has loaded instead of opening empty.
        onClick={() => startTransition(() => setOpen(!open))}
      >
        {label}
      </Button>
      {open && (
        <div
          id={id}
          role="dialog"
          aria-label={title}
          className={cn(
            "float-in absolute top-full right-0 z-30 mt-1.5 max-h-[60dvh] w-72 max-w-[calc(100vw-24px)] overflow-y-auto rounded-3 bg-raised p-3 shadow-3",
            // On phones, a panel below a button at the left would leave the screen.
            "max-wide:fixed max-wide:inset-x-3 max-wide:top-auto max-wide:mt-10 max-wide:w-auto",
            className,
          )}
        >
          {children(close)}
        </div>
      )}
    </span>
  );
}
