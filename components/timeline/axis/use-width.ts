"use client";
import { type RefCallback, useLayoutEffect, useState } from "react";

/**
 * A ref callback, the element's width in whole pixels (0 until measured), and the element. It may mount and unmount.
 */
export function useWidth(): [RefCallback<HTMLDivElement>, number, HTMLDivElement | null] {
  const [element, setElement] = useState<HTMLDivElement | null>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (!element) return;
    const measure = () => setWidth(Math.floor(element.getBoundingClientRect().width));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return [setElement, width, element];
}
