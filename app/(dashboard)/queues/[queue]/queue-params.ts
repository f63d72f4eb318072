/** The params of every page below a queue. Next leaves them as they stand in the address. */
export type QueueParams = { params: Promise<{ queue: string }> };

/** The queue's name, whatever it holds. */
export async function queueName(params: Promise<{ queue: string }>): Promise<string> {
  return decodeURIComponent((await params).queue);
}
