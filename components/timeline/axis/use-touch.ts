"use client";
import { type RefObject, useEffect, useEffectEvent, useRef } from "react";
import type { Axis } from "./use-axis";

/** Closer fingers would zoom by leaps. */
const LEAST_PX = 24;

/**
 * Fingers on the timeline: one moves it sideways while it is zoomed, two zoom around their middle. Up and down stays with
 * the page: the element has `touch-action: pan-y`.
 */
export function useTouch(box: RefObject<HTMLElement | null>, axis: Axis): void {
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
      Math.max(Math.abs(event.clientX - other), LEAST_PX) /
      Math.max(Math.abs(before - other), LEAST_PX);
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
