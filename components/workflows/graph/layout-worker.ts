/** Lays out one graph in a worker, which terminates with the page. */
import { type LayoutRequest, layoutGraph } from "./layout";

self.onmessage = ({ data: { graph, texts } }: MessageEvent<LayoutRequest>) =>
  self.postMessage(layoutGraph(graph, texts));
