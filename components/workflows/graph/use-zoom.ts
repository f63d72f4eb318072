"use client";
import { select } from "d3-selection";
import { type D3ZoomEvent, type ZoomTransform, zoom, zoomIdentity } from "d3-zoom";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import type { Box } from "./layout";

const LEAST = 0.05;
/** Nobody can read less: a larger picture is begun at the middle of its top. */
const READABLE = 0.5;
const MOST = 2;
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
 * Pan and zoom of a picture: drag, wheel and pinch. A finger alone scrolls the page. Until the
 * reader moves it the picture is fitted as far as it can be read, also when the room for it changes. `stage` is moved in
 * place: drawing hundreds of operators anew for every step of a drag would not keep up with it.
 */
export function useZoom(
  svg: RefObject<SVGSVGElement | null>,
  stage: RefObject<SVGGElement | null>,
  picture: { width: number; height: number },
): Zoom {
  const transform = useRef<ZoomTransform>(zoomIdentity);
  const [percent, setPercent] = useState(100);
  const moved = useRef(false);
  const [behavior] = useState(() => zoom<SVGSVGElement, unknown>().scaleExtent([LEAST, MOST]));
  const { width, height } = picture;

  const apply = useCallback(
    (next: ZoomTransform) => {
      if (svg.current) behavior.transform(select(svg.current), next);
    },
    [svg, behavior],
  );
  const place = useCallback(
    (least: number) => {
      const box = svg.current?.getBoundingClientRect();
      if (!box || box.width === 0 || width === 0) return;
      const scale = Math.min(
        (box.width - 2 * MARGIN) / width,
        (box.height - 2 * MARGIN) / height,
        1,
      );
      const k = Math.max(scale, least);
      apply(zoomIdentity.translate((box.width - width * k) / 2, MARGIN).scale(k));
      moved.current = false;
    },
    [svg, width, height, apply],
  );

  useEffect(() => {
    const element = svg.current;
    if (!element) return;
    behavior
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
    return () => {
      selection.on(".zoom", null);
    };
  }, [svg, stage, behavior]);

  useEffect(() => {
    if (!svg.current) return;
    const observer = new ResizeObserver(() => !moved.current && place(READABLE));
    observer.observe(svg.current);
    return () => observer.disconnect();
  }, [svg, place]);

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
