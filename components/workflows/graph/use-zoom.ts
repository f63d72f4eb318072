"use client";
import { select } from "d3-selection";
import { type D3ZoomEvent, type ZoomTransform, zoom, zoomIdentity } from "d3-zoom";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import type { Box } from "./layout";

const LEAST = 0.1;
const MOST = 2;
/** Room around a picture that is fitted, in pixels. */
const MARGIN = 16;

export type Zoom = {
  transform: ZoomTransform;
  by: (factor: number) => void;
  showAll: () => void;
  /** Moves as far as it takes to see a box. */
  reveal: (box: Box) => void;
};

/**
 * Pan and zoom of a picture: drag, wheel and pinch. A finger alone scrolls the page. The picture is fitted until the
 * reader moves it, also when it grows.
 */
export function useZoom(
  svg: RefObject<SVGSVGElement | null>,
  picture: { width: number; height: number },
): Zoom {
  const [transform, setTransform] = useState<ZoomTransform>(zoomIdentity);
  const moved = useRef(false);
  const [behavior] = useState(() => zoom<SVGSVGElement, unknown>().scaleExtent([LEAST, MOST]));
  const { width, height } = picture;

  const apply = useCallback(
    (next: ZoomTransform) => {
      if (svg.current) behavior.transform(select(svg.current), next);
    },
    [svg, behavior],
  );
  const showAll = useCallback(() => {
    const box = svg.current?.getBoundingClientRect();
    if (!box || box.width === 0 || width === 0) return;
    const scale = Math.min((box.width - 2 * MARGIN) / width, (box.height - 2 * MARGIN) / height, 1);
    // Too small to read is no use: then the top is shown, as large as the width allows.
    const readable = Math.max(scale, Math.min((box.width - 2 * MARGIN) / width, 0.6), LEAST);
    const left = (box.width - width * readable) / 2;
    const top = readable > scale ? MARGIN : Math.max((box.height - height * readable) / 2, MARGIN);
    apply(zoomIdentity.translate(left, Math.min(top, MARGIN * 2)).scale(readable));
    moved.current = false;
  }, [svg, width, height, apply]);

  useEffect(() => {
    const element = svg.current;
    if (!element) return;
    behavior
      .filter((event: MouseEvent | TouchEvent) =>
        "touches" in event ? event.touches.length > 1 : !event.button,
      )
      .on("zoom", (event: D3ZoomEvent<SVGSVGElement, unknown>) => {
        if (event.sourceEvent) moved.current = true;
        setTransform(event.transform);
      });
    const selection = select(element).call(behavior).on("dblclick.zoom", null);
    return () => {
      selection.on(".zoom", null);
    };
  }, [svg, behavior]);

  useEffect(() => {
    if (!svg.current) return;
    const observer = new ResizeObserver(() => !moved.current && showAll());
    observer.observe(svg.current);
    return () => observer.disconnect();
  }, [svg, showAll]);

  return {
    transform,
    showAll,
    by: (factor) => {
      if (!svg.current) return;
      moved.current = true;
      behavior.scaleBy(select(svg.current), factor);
    },
    reveal: (box) => {
      const view = svg.current?.getBoundingClientRect();
      if (!view) return;
      const [x, y] = transform.apply([box.x, box.y]);
      const [right, bottom] = transform.apply([box.x + box.width, box.y + box.height]);
      const dx = x < 0 ? MARGIN - x : right > view.width ? view.width - MARGIN - right : 0;
      const dy = y < 0 ? MARGIN - y : bottom > view.height ? view.height - MARGIN - bottom : 0;
      if (dx !== 0 || dy !== 0) {
        const { k } = transform;
        apply(transform.translate(dx / k, dy / k));
      }
    },
  };
}
