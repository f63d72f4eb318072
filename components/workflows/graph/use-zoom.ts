"use client";
import { select } from "d3-selection";
import { type D3ZoomEvent, type ZoomTransform, zoom, zoomIdentity } from "d3-zoom";
import { type RefObject, useEffect, useEffectEvent, useRef, useState } from "react";
import { followFinger } from "./follow-finger";
import type { Box } from "./layout";

const LEAST = 0.05;
/** Nobody can read less, on a wide and on a narrow screen: a larger picture is begun at its focus. */
const READABLE = { wide: 0.5, narrow: 0.7 };
const NARROW = 480;
const MOST = 2;
/** So much of the picture stays in view, in pixels. */
const STRIP = 64;
/** Room around a picture that is fitted, in pixels. */
const MARGIN = 16;

export type Zoom = {
  /** How large the picture is drawn, in percent. */
  percent: number;
  by: (factor: number) => void;
  showAll: () => void;
  /** Moves as far as it takes to see a box. */
  reveal: (box: Box) => void;
};

/**
 * Pan and zoom of a picture: drag, wheel and pinch. A finger alone moves it sideways, and up and down the page. Until
 * the reader moves it the picture is fitted as far as it can be read, from `focus` on, also when the room for it changes.
 * `stage` is moved in place: drawing hundreds of operators anew for every step of a drag would not keep up with it.
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
  const [behavior] = useState(() => zoom<SVGSVGElement, unknown>().scaleExtent([LEAST, MOST]));
  const { width, height } = picture;
  const size = useRef(picture);
  useEffect(() => {
    size.current = picture;
  }, [picture]);

  const apply = (next: ZoomTransform) => {
    if (svg.current) behavior.transform(select(svg.current), next);
  };
  const place = (least?: number) => {
    const box = svg.current?.getBoundingClientRect();
    if (!box || box.width === 0 || width === 0) return;
    const scale = Math.min((box.width - 2 * MARGIN) / width, (box.height - 2 * MARGIN) / height, 1);
    const readable = box.width < NARROW ? READABLE.narrow : READABLE.wide;
    const k = Math.max(scale, least ?? readable);
    const at = focus();
    const x = at && startAt(at.x + at.width / 2, width, k, box.width);
    const y = at && startAt(at.y + Math.min(at.height, 48) / 2, height, k, box.height);
    apply(zoomIdentity.translate(x ?? (box.width - width * k) / 2, y ?? MARGIN).scale(k));
  };
  const placeAnew = useEffectEvent(() => {
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
    const letGo = followFinger(element, (dx, dy) => {
      moved.current = true;
      const { k } = transform.current;
      behavior.translateBy(selection, dx / k, dy / k);
    });
    return () => {
      selection.on(".zoom", null);
      letGo();
    };
  }, [svg, stage, behavior]);

  useEffect(() => {
    if (!svg.current) return;
    const observer = new ResizeObserver(() => placeAnew());
    observer.observe(svg.current);
    return () => observer.disconnect();
  }, [svg]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a picture of another size is placed anew
  useEffect(() => placeAnew(), [width, height]);

  return {
    percent,
    showAll: () => {
      place(LEAST);
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

/** Nobody loses the picture: a strip of it stays where it can be taken hold of. */
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

/** Where to begin a side that does not fit so that a point of it is in the middle, without room beyond its ends. */
function startAt(point: number, length: number, k: number, view: number): number | undefined {
  const most = view - MARGIN - length * k;
  return most >= MARGIN ? undefined : Math.min(Math.max(view / 2 - point * k, most), MARGIN);
}
