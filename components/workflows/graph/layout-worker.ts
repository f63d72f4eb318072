/** Lays out one graph outside of the page's thread, and ends with the page. */
import { type LayoutRequest, layoutGraph } from "./layout";

self.onmessage = ({ data: { graph, texts } }: MessageEvent<LayoutRequest>) =>
  self.postMessage(layoutGraph(graph, texts));
