/** The params of every page below a queue. Pages get them as they stand in the address, `generateMetadata` decoded. */
export type QueueParams = { params: Promise<{ queue: string }> };

/** The queue's name, whatever it holds. */
export async function queueName(params: Promise<{ queue: string }>): Promise<string> {
  return decodeURIComponent((await params).queue);
}
