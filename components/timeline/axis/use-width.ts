"use client";
import { type RefCallback, useLayoutEffect, useState } from "react";

/** The ref of a box, its width in whole pixels (0 until it has been measured), and the box. It may come and go. */
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
