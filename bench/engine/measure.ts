import { performance } from "node:perf_hooks";
import type { Client } from "pg";
import type { Call } from "./operations";

export type Block = {
  /** Milliseconds of each call. */
  latencies: number[];
  /** Milliseconds from the start of the first call to the end of the last. */
  elapsed: number;
};

/** Runs the calls; each session takes the next one as soon as it is free. */
export async function runBlock(clients: Client[], calls: Call[]): Promise<Block> {
  const latencies: number[] = [];
  let next = 0;
  const started = performance.now();
  await Promise.all(
    clients.map(async (client) => {
      for (;;) {
        const call = calls[next];
        next += 1;
        if (!call) return;
        const begun = performance.now();
        await client.query(call);
        latencies.push(performance.now() - begun);
      }
    }),
  );
  return { latencies, elapsed: performance.now() - started };
}

export type Work = {
  /** Pages of 8 kB, hit in shared buffers or read. */
  pages: number;
  /** Bytes of write-ahead log, without page images. */
  walBytes: number;
};

/** The server's work for one call, by its own counters: the median of the calls. */
export async function measureWork(client: Client, calls: Call[]): Promise<Work> {
  const works: Work[] = [];
  for (const { text, values } of calls) {
    const { rows } = await client.query(
      `explain (analyze, buffers, wal, timing off, format json) ${text}`,
      values,
    );
    const { Plan: plan } = rows[0]["QUERY PLAN"][0];
    works.push({
      pages: plan["Shared Hit Blocks"] + plan["Shared Read Blocks"],
      walBytes: plan["WAL Bytes"],
    });
  }
  return {
    pages: quantile(
      works.map(({ pages }) => pages),
      0.5,
    ),
    walBytes: quantile(
      works.map(({ walBytes }) => walBytes),
      0.5,
    ),
  };
}

export function quantile(values: number[], share: number): number {
  const ordered = [...values].sort((a, b) => a - b);
  return ordered[Math.min(ordered.length - 1, Math.floor(ordered.length * share))] ?? Number.NaN;
}
