"use client";
import { Tooltip as Base } from "@base-ui/react/tooltip";
import type { ReactElement, ReactNode } from "react";

/** A remark on hover and focus. Without a `text` there is none. */
export function Tooltip({ text, children }: { text?: ReactNode; children: ReactElement }) {
  if (!text) return children;
  return (
    <Base.Root>
      <Base.Trigger render={children} delay={200} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} className="z-50">
          <Base.Popup className="float-in max-w-72 rounded-2 bg-inverse px-2 py-1 text-12 text-ink-inverse shadow-2">
            {text}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
