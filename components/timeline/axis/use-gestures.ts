"use client";
import { type RefObject, useEffect, useEffectEvent, useRef } from "react";
import type { Axis } from "./use-axis";

/** Pans and zooms the timeline in `box` by wheel and touch. */
export function useGestures(box: RefObject<HTMLElement | null>, axis: Axis): void {
  useWheel(box, axis);
  useTouch(box, axis);
}

/** Ctrl or Command with the wheel (a pinch on a trackpad) zooms around the pointer; scrolling sideways pans. */
function useWheel(box: RefObject<HTMLElement | null>, axis: Axis): void {
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
    // React's wheel listeners are passive and could not prevent the page from scrolling.
    element.addEventListener("wheel", listen, { passive: false });
    return () => element.removeEventListener("wheel", listen);
  }, [box]);
}

/** Minimum distance between fingers in pixels; a smaller one would make the zoom jump. */
const MIN_PINCH_PX = 24;

/**
 * One finger pans a zoomed timeline; two zoom around their midpoint. Vertical movement scrolls the page: the element
 * has `touch-action: pan-y`.
 */
function useTouch(box: RefObject<HTMLElement | null>, axis: Axis): void {
  const fingers = useRef(new Map<number, number>());
  const place = useEffectEvent((event: PointerEvent) => {
    if (event.pointerType === "touch") fingers.current.set(event.pointerId, event.clientX);
  });
  const move = useEffectEvent((event: PointerEvent) => {
    const before = fingers.current.get(event.pointerId);
    const element = box.current;
    if (before === undefined || !element) return;
    const [other] = [...fingers.current].flatMap(([id, x]) => (id === event.pointerId ? [] : x));
    fingers.current.set(event.pointerId, event.clientX);
    if (other === undefined) {
      if (axis.zoomed) axis.pan(before - event.clientX);
      return;
    }
    const factor =
      Math.max(Math.abs(event.clientX - other), MIN_PINCH_PX) /
      Math.max(Math.abs(before - other), MIN_PINCH_PX);
    const left = element.getBoundingClientRect().right - axis.scale.width;
    if (factor !== 1) axis.zoom(factor, Math.max((event.clientX + other) / 2 - left, 0));
  });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const lift = (event: PointerEvent) => fingers.current.delete(event.pointerId);
    const down = (event: PointerEvent) => place(event);
    const moved = (event: PointerEvent) => move(event);
    element.addEventListener("pointerdown", down);
    element.addEventListener("pointermove", moved);
    for (const end of ["pointerup", "pointercancel", "pointerleave"] as const)
      element.addEventListener(end, lift);
    return () => {
      element.removeEventListener("pointerdown", down);
      element.removeEventListener("pointermove", moved);
      for (const end of ["pointerup", "pointercancel", "pointerleave"] as const)
        element.removeEventListener(end, lift);
    };
  }, [box]);
}
