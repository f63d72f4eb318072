import type { Client } from "pg";
import { type Block, measureWork, quantile, runBlock, type Work } from "./measure";
import { type Operation, tidyUp } from "./operations";

export type Figures = { rate: number; p50: number; p95: number };

export type Comparison = {
  title: string;
  connections: number;
  small: Figures;
  large: Figures;
  /** Median duration of a call on the large queue divided by that on the small one. */
  growth: number;
};

/**
 * Measures an operation on two queues in pairs of blocks. The pairs alternate in order, so that other load on the
 * machine favours neither queue.
 */
export async function compare(
  clients: Client[],
  operation: Operation,
  queues: { small: string; large: string },
  { pairs, calls }: { pairs: number; calls: number },
): Promise<Comparison> {
  const [main] = clients;
  if (!main) throw new Error("no connection to measure with");
  const measure = async (queue: string) => {
    const prepared = await operation.prepare(main, queue, calls);
    const block = await runBlock(clients, prepared);
    await tidyUp(main, queue);
    return block;
  };
  const small: Block[] = [];
  const large: Block[] = [];
  // The first pair warms caches and plans, and isn't counted.
  for (let pair = 0; pair <= pairs; pair += 1) {
    const order = pair % 2 === 0 ? (["small", "large"] as const) : (["large", "small"] as const);
    for (const size of order) {
      const block = await measure(queues[size]);
      if (pair > 0) (size === "small" ? small : large).push(block);
    }
  }
  const figures = { small: figuresOf(small), large: figuresOf(large) };
  return {
    title: operation.title,
    connections: clients.length,
    ...figures,
    growth: figures.large.p50 / figures.small.p50,
  };
}

/** The server's work for one call on each queue. */
export async function compareWork(
  client: Client,
  operation: Operation,
  queues: { small: string; large: string },
): Promise<{ small: Work; large: Work }> {
  const work = async (queue: string) => {
    const result = await measureWork(client, await operation.prepare(client, queue, 25));
    await tidyUp(client, queue);
    return result;
  };
  return { small: await work(queues.small), large: await work(queues.large) };
}

function figuresOf(blocks: Block[]): Figures {
  const latencies = blocks.flatMap((block) => block.latencies);
  const elapsed = blocks.reduce((total, block) => total + block.elapsed, 0);
  return {
    rate: (latencies.length / elapsed) * 1000,
    p50: quantile(latencies, 0.5),
    p95: quantile(latencies, 0.95),
  };
}
