"use client";
"use no memo";
import { useEffect, useRef } from "react";
import { cn } from "@/lib/cn";
import { revealControls } from "@/lib/format";

/** Characters at the end that are never truncated. */
const TAIL = 6;

/** Characters that look the same without their neighbours, unlike letters that join and marks. */
const STANDS_ALONE =
  /^[\p{ASCII}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Han}]$/u;

/**
 * A name truncated in its middle, since names often differ at the end; the tooltip has the whole name. Names in scripts
 * whose letters join are truncated at their end.
 */
export function MiddleTruncate({ text, className }: { text: string; className?: string }) {
  const characters = [...revealControls(text)];
  const head = useRef<HTMLSpanElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text is truncated elsewhere
  useEffect(() => (head.current ? closeGap(head.current) : undefined), [text]);
  const ends = characters.slice(-TAIL - 1, 1 - TAIL);
  if (characters.length <= 2 * TAIL || !ends.every((one) => STANDS_ALONE.test(one)))
    return (
      <bdi className={cn("block truncate", className)} data-tip={text}>
        {characters.join("")}
      </bdi>
    );
  return (
    <span dir="auto" className={`flex min-w-0 ${className ?? ""}`} data-tip={text}>
      <span ref={head} className="truncate">
        {characters.slice(0, -TAIL).join("")}
      </span>
      <span className="shrink-0 whitespace-pre">{characters.slice(-TAIL).join("")}</span>
    </span>
  );
}

let observer: ResizeObserver | undefined;

/**
 * Keeps the element after a truncated text next to its ellipsis until the returned function is called. Browsers
 * truncate at whole characters and leave the rest of the width blank, up to one character.
 */
function closeGap(element: Element): () => void {
  observer ??= new ResizeObserver(moveSiblings);
  let active = true;
  // The text's width changes when its font loads.
  document.fonts.ready.then(() => active && observer?.observe(element));
  return () => {
    active = false;
    observer?.unobserve(element);
  };
}

/** Measures all gaps before moving elements, so that styles are computed only once. */
function moveSiblings(entries: ResizeObserverEntry[]): void {
  const gaps = entries.map(({ target, contentRect }) => measureGap(target, contentRect.width));
  for (const [index, { target }] of entries.entries())
    if (target.nextElementSibling instanceof HTMLElement) {
      const sign = getComputedStyle(target).direction === "rtl" ? 1 : -1;
      target.nextElementSibling.style.translate = `${sign * (gaps[index] ?? 0)}px`;
    }
}

let context: CanvasRenderingContext2D | null | undefined;

/**
 * The blank width after the ellipsis, in pixels. Called after layout; measured on a canvas, because a change of the
 * element would cause another one.
 */
function measureGap(element: Element, available: number): number {
  // Not only by the canvas, whose texts are a little wider or narrower than the page's.
  if (element.scrollWidth <= element.clientWidth) return 0;
  const text = element.textContent ?? "";
  const { fontStyle, fontWeight, fontSize, fontFamily } = getComputedStyle(element);
  context ??= document.createElement("canvas").getContext("2d");
  if (!context) return 0;
  context.font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
  const measure = (part: string) => context?.measureText(part).width ?? 0;
  if (measure(text) < available + 0.5) return 0;
  let length = text.length - 1;
  while (length > 0 && measure(`${text.slice(0, length)}…`) > available) length--;
  return length === 0 ? 0 : available - measure(`${text.slice(0, length)}…`);
}
