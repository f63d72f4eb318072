import { recordStatements } from "@/testing/statements";
import type { Context } from "./context";
import { type Cpu, type Latencies, measure, measureCpu, TOLERANCE } from "./measure";
import type { Size } from "./sizes";
import { explainWork, type Work } from "./work";

/** One query of a read function, repeated with other ids. */
export type Read = {
  title: string;
  /** Name of the function in `lib/analytics`. */
  function: string;
  run: (context: Context, n: number) => Promise<unknown>;
  /** Limit of the 95th percentile on the largest data set, in milliseconds. */
  limit?: number;
  /**
   * What the work follows if it is more on a larger data set, whose result is of another size; its growth has no limit.
   */
  follows?: string;
  /** Measured with similarly many active tasks on all sizes. */
  isThinned?: true;
  /** Reads whole tables by design. */
  scans?: true;
  /** Maximum number of calls; 60 by default. */
  calls?: number;
};

/**
 * Latencies with mostly cold caches and then of repeated calls, the CPU time of a call, and the server's work for it.
 */
export type Figures = Latencies & { first: Latencies; cpu: Cpu; work: Work };

export type Measured = { read: Read; bySize: Map<Size, Figures> };

/** Average milliseconds per call above which fewer calls are made. */
const MILLISECONDS = 25;

/** Limit of a median's growth from the smallest to the largest data set, for results of the same size. */
const GROWTH = 1.5;

/** A median that changed by less than this, in milliseconds, has not grown. */
const NOISE = 2;

/** Runs every query on one database. */
export async function measureReads(
  reads: readonly Read[],
  context: Context,
  directory: string,
  log: (title: string) => void,
): Promise<Map<Read, Figures>> {
  const figures = new Map<Read, Figures>();
  for (const read of reads) {
    log(read.title);
    const calls = read.calls ?? 60;
    const ask = (milliseconds: number) =>
      measure((n) => read.run(context, n), { calls, milliseconds: calls * milliseconds });
    const first = await ask(4 * MILLISECONDS);
    const before = measureCpu(directory);
    const latencies = await ask(MILLISECONDS);
    const after = measureCpu(directory);
    const cpu = {
      server: (after.server - before.server) / latencies.calls,
      dashboard: (after.dashboard - before.dashboard) / latencies.calls,
    };
    const work = await explainWork(await recordStatements(() => read.run(context, 1)));
    figures.set(read, { ...latencies, first, cpu, work });
  }
  return figures;
}

/** Limits that these figures exceed by more than the tolerance, if any. */
export function judge({ read, bySize }: Measured): string[] {
  const figures = [...bySize.values()];
  const [small, large] = [figures[0], figures.at(-1)];
  if (!small || !large) return [];
  const growth = large.p50 / small.p50;
  const isFlat = large.p50 - small.p50 <= NOISE || growth <= GROWTH * TOLERANCE;
  const scanned = read.scans ? [] : large.work.scanned;
  return [
    ...(read.limit && large.p95 > read.limit * TOLERANCE
      ? [`${read.title}: p95 ${large.p95.toFixed(1)} ms, limit ${read.limit}`]
      : []),
    ...(read.follows || isFlat
      ? []
      : [`${read.title}: grows by ${growth.toFixed(2)}, limit ${GROWTH}`]),
    ...scanned.map((table) => `${read.title}: reads all of ${table}`),
  ];
}
