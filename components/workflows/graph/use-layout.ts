"use client";
import { startTransition, useEffect, useEffectEvent, useRef, useState } from "react";
import type { WorkflowGraph } from "@/lib/highway/graph/graph";
import { fitText } from "./fit-text";
import type { GraphLayout, GraphTexts, LayoutRequest } from "./layout";
import { forgetWidths, measureText } from "./measure-text";

/** Maximum width of the text of an edge label. */
const MAX_LABEL = 152;
/** Longer names are only measured up to this width; no box fits more. */
const MAX_NAME = 304;

/** `failed`: the worker did not load or could not lay out this graph. */
export type LayoutState = { layout: GraphLayout | null; failed: boolean };

/**
 * Lays out a graph once in a worker, with text widths of the page's fonts, and again only if a font that loads later
 * changes one of those widths. The result is rendered in a transition, so that the page stays responsive.
 */
export function useLayout(graph: WorkflowGraph): LayoutState {
  const [state, setState] = useState<LayoutState & { of: WorkflowGraph }>({
    of: graph,
    layout: null,
    failed: false,
  });
  const measured = useRef<{ graph: WorkflowGraph; texts: GraphTexts }>(null);
  const worker = useRef<Worker>(null);

  const update = useEffectEvent(() => {
    const texts = measureTexts(graph);
    const known = measured.current;
    if (known?.graph === graph && isSame(known.texts, texts)) return;
    measured.current = { graph, texts };
    worker.current?.terminate();
    const started = new Worker(new URL("./layout-worker.ts", import.meta.url), { type: "module" });
    worker.current = started;
    const finish = (layout: GraphLayout | null) => {
      started.terminate();
      startTransition(() => setState({ of: graph, layout, failed: layout === null }));
    };
    started.onmessage = ({ data }: MessageEvent<GraphLayout>) => finish(data);
    started.onerror = () => finish(null);
    started.postMessage({ graph, texts } satisfies LayoutRequest);
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: another graph has another layout
  useEffect(() => {
    const { fonts } = document;
    let isShown = true;
    fonts.ready.then(() => {
      if (isShown) update();
    });
    const remeasure = () => {
      forgetWidths();
      update();
    };
    fonts.addEventListener("loadingdone", remeasure);
    return () => {
      isShown = false;
      fonts.removeEventListener("loadingdone", remeasure);
      worker.current?.terminate();
      measured.current = null;
    };
  }, [graph]);

  return state.of === graph ? state : { layout: null, failed: false };
}

/** Widths needed to lay out a graph. On the server they are estimated. */
export function measureTexts({ nodes, edges }: WorkflowGraph): GraphTexts {
  const labels = new Set(edges.flatMap(({ label }) => label ?? []));
  return {
    names: new Map(nodes.map(({ id }) => [id, measureText(id.slice(0, MAX_NAME), "name")])),
    labels: new Map(
      [...labels].map((label) => {
        const text = fitText(label, MAX_LABEL, "label");
        return [label, { text, width: measureText(text, "label") }];
      }),
    ),
  };
}

function isSame(a: GraphTexts, b: GraphTexts): boolean {
  return (
    [...a.names].every(([id, width]) => b.names.get(id) === width) &&
    [...a.labels].every(([label, { width }]) => b.labels.get(label)?.width === width)
  );
}
