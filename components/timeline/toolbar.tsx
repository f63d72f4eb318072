"use client";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/form/button";
import { Kbd } from "@/components/ui/text/kbd";
import { cn } from "@/lib/cn";
import type { Axis } from "./axis/use-axis";

export const VIEWS = ["waterfall", "table"] as const;
export type View = (typeof VIEWS)[number];

/** View, zoom and follow controls. `children` are extra switches for both views. */
export function Toolbar({
  view,
  onView,
  axis,
  active,
  keys = false,
  children,
}: {
  view: View;
  onView: (view: View) => void;
  axis: Axis;
  active: boolean;
  /** Shows the keyboard hints; set if rows can be reached with keys. */
  keys?: boolean;
  children?: ReactNode;
}) {
  return (
    <div className="@container flex flex-wrap items-center gap-x-4 gap-y-2 px-3 py-2 wide:px-4">
      <fieldset className="flex">
        <legend className="sr-only">View</legend>
        {VIEWS.map((name) => (
          <Button
            key={name}
            aria-pressed={view === name}
            onClick={() => onView(name)}
            className={cn(
              "capitalize",
              name === "table" ? "-ml-px rounded-l-none" : "rounded-r-none",
              view === name && "bg-active",
            )}
          >
            {name}
          </Button>
        ))}
      </fieldset>
      {children}
      {view === "waterfall" && (
        <>
          <Toggle label="Hide idle" on={axis.hideIdle} onToggle={axis.setHideIdle} />
          {active && <Toggle label="Follow now" on={axis.follow} onToggle={axis.setFollow} />}
          {axis.zoomed && (
            <Button variant="ghost" onClick={() => axis.show(null)}>
              Fit all
            </Button>
          )}
          {keys && (
            <span className="ml-auto hidden whitespace-nowrap text-12 text-ink-3 @min-[880px]:inline">
              <Kbd always>↑</Kbd> <Kbd always>↓</Kbd> row <Kbd always>←</Kbd> <Kbd always>→</Kbd>{" "}
              pan <Kbd always>+</Kbd> <Kbd always>-</Kbd> zoom <Kbd always>0</Kbd> fit all
            </span>
          )}
        </>
      )}
    </div>
  );
}

export function Toggle({
  label,
  on,
  onToggle,
}: {
  label: string;
  on: boolean;
  onToggle: (on: boolean) => void;
}) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      onClick={() => onToggle(!on)}
      className="flex min-h-9 items-center gap-2 font-medium text-ink-2 wide:min-h-7"
    >
      <span
        className={cn(
          // Forced colours remove backgrounds, and show transparent outlines.
          "h-3.5 w-6 rounded-full p-0.5 outline-1 outline-transparent transition-colors duration-75",
          on ? "bg-accent" : "bg-line-control",
        )}
      >
        <span
          className={cn(
            "block size-2.5 rounded-full bg-surface outline-1 outline-transparent -outline-offset-1 transition-transform duration-75",
            on && "translate-x-2.5",
          )}
        />
      </span>
      {label}
    </button>
  );
}
