"use client";
import { type ComponentProps, useEffect, useRef } from "react";

const FOCUSABLE =
  "a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, summary, [tabindex]:not([tabindex='-1'])";

/**
 * A scrolling box. While its content overflows and has nothing focusable, the box itself is a tab stop, so that arrow
 * keys scroll it; not every browser does this. `data-before` and `data-after` are set while content is hidden beyond
 * its left or right edge.
 */
export function ScrollBox(props: ComponentProps<"div">) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = ref.current;
    if (!box) return;
    const update = () => {
      const overflows = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
      if (overflows && !box.querySelector(FOCUSABLE)) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
      mark();
    };
    const mark = () => {
      box.toggleAttribute("data-before", box.scrollLeft > 0);
      const end = box.scrollLeft + box.clientWidth;
      box.toggleAttribute("data-after", end < box.scrollWidth - 1);
    };
    update();
    box.addEventListener("scroll", mark, { passive: true });
    const observer = new ResizeObserver(update);
    for (const element of [box, ...box.children]) observer.observe(element);
    return () => {
      observer.disconnect();
      box.removeEventListener("scroll", mark);
    };
  });
  return <div ref={ref} {...props} />;
}
