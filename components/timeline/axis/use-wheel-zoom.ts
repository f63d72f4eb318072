"use client";
import { type RefObject, useEffect, useEffectEvent } from "react";
import type { Axis } from "./use-axis";

/** Zooms around the pointer while Ctrl or Command is held (a pinch on a trackpad), pans with sideways scrolling. */
export function useWheelZoom(box: RefObject<HTMLElement | null>, axis: Axis): void {
  const turn = useEffectEvent((event: WheelEvent) => {
    const element = box.current;
    if (!element) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const x = event.clientX - (element.getBoundingClientRect().right - axis.scale.width);
      axis.zoom(Math.exp(-event.deltaY / 200), Math.max(x, 0));
    } else if (axis.zoomed && Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      axis.pan(event.deltaX);
    }
  });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const listen = (event: WheelEvent) => turn(event);
    // React listens passively, which could not keep the page from scrolling.
    element.addEventListener("wheel", listen, { passive: false });
    return () => element.removeEventListener("wheel", listen);
  }, [box]);
}
