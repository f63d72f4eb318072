import { queueOfSegment } from "@/lib/search-params/queue-segment";

/** The params of every page below a queue. Pages get them as they stand in the address, `generateMetadata` decoded. */
export type QueueParams = { params: Promise<{ queue: string }> };

/** The queue's name, whatever it holds. */
export async function queueName(params: QueueParams["params"]): Promise<string> {
  return queueOfSegment(decodeURIComponent((await params).queue));
}

/** As `queueName`, in `generateMetadata`. */
export async function queueTitle(params: QueueParams["params"]): Promise<string> {
  return queueOfSegment((await params).queue);
}
