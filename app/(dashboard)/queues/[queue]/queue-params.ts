import { revealControls } from "@/lib/format";
import { queueOfSegment } from "@/lib/search-params/queue-segment";

/** Params of every queue page. Next.js passes them encoded to pages and decoded to `generateMetadata`. */
export type QueueParams = { params: Promise<{ queue: string }> };

/** The queue's name, for pages. */
export async function queueName(params: QueueParams["params"]): Promise<string> {
  return queueOfSegment(decodeURIComponent((await params).queue));
}

/** The queue's name for `generateMetadata`, whose text isn't rendered by our JSX. */
export async function queueTitle(params: QueueParams["params"]): Promise<string> {
  return revealControls(queueOfSegment((await params).queue));
}
