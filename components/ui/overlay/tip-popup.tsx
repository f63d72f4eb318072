"use client";
import { Tooltip } from "@base-ui/react/tooltip";
import { useEffect, useId } from "react";

/** The bubble beside an element. Screen readers announce it as the element's description. */
export function TipPopup({ anchor, text }: { anchor: HTMLElement; text: string }) {
  const id = useId();
  useEffect(() => {
    const before = anchor.getAttribute("aria-describedby");
    anchor.setAttribute("aria-describedby", before ? `${before} ${id}` : id);
    return () => {
      if (before) anchor.setAttribute("aria-describedby", before);
      else anchor.removeAttribute("aria-describedby");
    };
  }, [anchor, id]);
  return (
    <Tooltip.Root open>
      {/* Elements outside a modal dialog can't be shown above it. */}
      <Tooltip.Portal container={anchor.closest<HTMLElement>("dialog, [popover]") ?? document.body}>
        <Tooltip.Positioner
          anchor={anchor}
          // Below a link of a navigation it would cover the next one.
          side={anchor.dataset.tipOfLink === undefined ? "bottom" : "right"}
          align={anchor.dataset.tipOfLink === undefined ? "start" : "center"}
          sideOffset={4}
          positionMethod="fixed"
          className="z-50 data-anchor-hidden:invisible"
        >
          <Tooltip.Popup
            id={id}
            role="tooltip"
            className="float-in max-h-60 max-w-[min(420px,var(--available-width))] overflow-y-auto whitespace-pre-line break-words rounded-2 bg-inverse px-2 py-1 text-left font-normal font-sans text-12 text-ink-inverse shadow-2"
          >
            {text}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
