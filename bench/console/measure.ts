import { performance } from "node:perf_hooks";

/** Milliseconds of sequential calls. */
export type Latencies = { p50: number; p95: number; calls: number };

/** Repeats a call, passing its number, until there are enough calls or the time is used up. */
export async function measure(
  call: (n: number) => Promise<unknown>,
  { calls, milliseconds }: { calls: number; milliseconds: number },
): Promise<Latencies> {
  const latencies: number[] = [];
  const deadline = performance.now() + milliseconds;
  for (let n = 0; n < calls && (n < 5 || performance.now() < deadline); n++) {
    const begun = performance.now();
    await call(n);
    latencies.push(performance.now() - begun);
  }
  return { p50: quantile(latencies, 0.5), p95: quantile(latencies, 0.95), calls: latencies.length };
}

/** The value that this share of the values doesn't exceed. */
export function quantile(values: number[], share: number): number {
  const ordered = [...values].sort((a, b) => a - b);
  return ordered[Math.max(0, Math.ceil(ordered.length * share) - 1)] ?? Number.NaN;
}
