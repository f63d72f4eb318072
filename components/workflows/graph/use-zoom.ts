"use client";
import { select } from "d3-selection";
import { type D3ZoomEvent, type ZoomTransform, zoom, zoomIdentity } from "d3-zoom";
import { type RefObject, useEffect, useEffectEvent, useRef, useState } from "react";
import type { Box } from "./layout";

const MIN_SCALE = 0.05;
/** Smallest legible scale on wide and narrow screens. A larger graph starts at its focus instead of being fitted. */
const READABLE = { wide: 0.5, narrow: 0.7 };
const NARROW = 480;
const MAX_SCALE = 2;
/** Pixels of the graph that always stay visible. */
const STRIP = 64;
/** Margin around a fitted graph, in pixels. */
const MARGIN = 16;

export type Zoom = {
  /** The scale in percent. */
  percent: number;
  by: (factor: number) => void;
  showAll: () => void;
  /** Pans to make a box visible. */
  reveal: (box: Box) => void;
};

/**
 * Pans and zooms the graph by drag, wheel and pinch. A single finger pans sideways and scrolls the page vertically.
 * Until the reader moves the graph, it is fitted to the box (again after a resize), but never below a legible scale;
 * then it starts at `focus`. `stage` is transformed directly, because re-rendering hundreds of operators during a drag
 * would be too slow.
 */
export function useZoom(
  svg: RefObject<SVGSVGElement | null>,
  stage: RefObject<SVGGElement | null>,
  picture: { width: number; height: number },
  focus: () => Box | undefined,
): Zoom {
  const transform = useRef<ZoomTransform>(zoomIdentity);
  const [percent, setPercent] = useState(100);
  const moved = useRef(false);
  const [behavior] = useState(() =>
    zoom<SVGSVGElement, unknown>().scaleExtent([MIN_SCALE, MAX_SCALE]),
  );
  const { width, height } = picture;
  const size = useRef(picture);
  useEffect(() => {
    size.current = picture;
  }, [picture]);

  const apply = (next: ZoomTransform) => {
    if (svg.current) behavior.transform(select(svg.current), next);
  };
  const place = (minScale?: number) => {
    const box = svg.current?.getBoundingClientRect();
    if (!box || box.width === 0 || width === 0) return;
    const scale = Math.min((box.width - 2 * MARGIN) / width, (box.height - 2 * MARGIN) / height, 1);
    const readable = box.width < NARROW ? READABLE.narrow : READABLE.wide;
    const k = Math.max(scale, minScale ?? readable);
    const at = focus();
    const x = at && computeOffset(at.x + at.width / 2, width, k, box.width);
    const y = at && computeOffset(at.y + Math.min(at.height, 48) / 2, height, k, box.height);
    apply(zoomIdentity.translate(x ?? (box.width - width * k) / 2, y ?? MARGIN).scale(k));
  };
  const placeAgain = useEffectEvent(() => {
    if (!moved.current) place();
  });

  useEffect(() => {
    const element = svg.current;
    if (!element) return;
    behavior
      .constrain((next) => keepInView(next, element, size.current))
      .filter((event: MouseEvent | TouchEvent) =>
        "touches" in event ? event.touches.length > 1 : !event.button,
      )
      .on("zoom", (event: D3ZoomEvent<SVGSVGElement, unknown>) => {
        if (event.sourceEvent) moved.current = true;
        transform.current = event.transform;
        stage.current?.setAttribute("transform", event.transform.toString());
        setPercent(Math.round(event.transform.k * 100));
      });
    const selection = select(element).call(behavior).on("dblclick.zoom", null);
    const stopFollowing = followFinger(element, (dx, dy) => {
      moved.current = true;
      const { k } = transform.current;
      behavior.translateBy(selection, dx / k, dy / k);
    });
    return () => {
      selection.on(".zoom", null);
      stopFollowing();
    };
  }, [svg, stage, behavior]);

  useEffect(() => {
    if (!svg.current) return;
    const observer = new ResizeObserver(() => placeAgain());
    observer.observe(svg.current);
    return () => observer.disconnect();
  }, [svg]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a graph of another size is placed again
  useEffect(() => placeAgain(), [width, height]);

  return {
    percent,
    showAll: () => {
      place(MIN_SCALE);
      moved.current = true;
    },
    by: (factor) => {
      if (!svg.current) return;
      moved.current = true;
      behavior.scaleBy(select(svg.current), factor);
    },
    reveal: (box) => {
      const view = svg.current?.getBoundingClientRect();
      if (!view) return;
      const { current } = transform;
      const [x, y] = current.apply([box.x, box.y]);
      const [right, bottom] = current.apply([box.x + box.width, box.y + box.height]);
      const dx = x < 0 ? MARGIN - x : right > view.width ? view.width - MARGIN - right : 0;
      const dy = y < 0 ? MARGIN - y : bottom > view.height ? view.height - MARGIN - bottom : 0;
      if (dx !== 0 || dy !== 0) {
        apply(current.translate(dx / current.k, dy / current.k));
      }
    },
  };
}

/** Clamps a transform so that a strip of the graph stays visible. */
function keepInView(
  { x, y, k }: ZoomTransform,
  element: SVGSVGElement,
  { width, height }: { width: number; height: number },
): ZoomTransform {
  const view = element.getBoundingClientRect();
  const keep = (at: number, length: number, room: number) =>
    Math.min(Math.max(at, STRIP - length * k), room - STRIP);
  const [left, top] = [keep(x, width, view.width), keep(y, height, view.height)];
  return zoomIdentity.translate(left, top).scale(k);
}

/**
 * The offset that centres `point` on an axis where the graph doesn't fit, without space beyond its ends; otherwise
 * `undefined`.
 */
function computeOffset(point: number, length: number, k: number, view: number): number | undefined {
  const limit = view - MARGIN - length * k;
  return limit >= MARGIN ? undefined : Math.min(Math.max(view / 2 - point * k, limit), MARGIN);
}

/**
 * Reports the movement of a single finger over an element with `touch-action: pan-y`. On a vertical movement the
 * browser scrolls the page and cancels the pointer events. Two fingers are ignored.
 *
 * @returns a function that removes the listeners.
 */
function followFinger(element: SVGSVGElement, move: (dx: number, dy: number) => void): () => void {
  const fingers = new Map<number, { x: number; y: number }>();
  const put = ({ pointerType, pointerId, clientX: x, clientY: y }: PointerEvent) => {
    if (pointerType === "touch") fingers.set(pointerId, { x, y });
  };
  const follow = (event: PointerEvent) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    put(event);
    if (fingers.size === 1) move(event.clientX - before.x, event.clientY - before.y);
  };
  const lift = ({ pointerId }: PointerEvent) => fingers.delete(pointerId);
  const ends = ["pointerup", "pointercancel", "pointerleave"] as const;
  element.addEventListener("pointerdown", put);
  element.addEventListener("pointermove", follow);
  for (const end of ends) element.addEventListener(end, lift);
  return () => {
    element.removeEventListener("pointerdown", put);
    element.removeEventListener("pointermove", follow);
    for (const end of ends) element.removeEventListener(end, lift);
  };
}
