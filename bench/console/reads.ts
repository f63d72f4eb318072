import { recordStatements } from "@/testing/statements";
import type { Context } from "./context";
import { type Cpu, getSlowness, type Latencies, measure, measureCpu, TOLERANCE } from "./measure";
import type { Size } from "./sizes";
import { explainWork, type Work } from "./work";

/** One query of a read function, repeated with other ids. */
export type Read = {
  title: string;
  /** Name of the function in `lib/analytics`. */
  function: string;
  run: (context: Context, n: number) => Promise<unknown>;
  /** Limit of the 95th percentile on the largest data set, in milliseconds on the machine of the published figures. */
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
 * `slowness` is how many times as long limits were on this machine at that time.
 */
export type Figures = Latencies & { first: Latencies; cpu: Cpu; work: Work; slowness: number };

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
    figures.set(read, { ...latencies, first, cpu, work, slowness: getSlowness() });
  }
  return figures;
}

/** How many times as long as on the smaller data set a call takes, at the same speed of the machine. */
export function getGrowth(small: Figures, large: Figures): number {
  return large.p50 / large.slowness / (small.p50 / small.slowness);
}

/** Limits that these figures exceed by more than the tolerance, if any. */
export function judge({ read, bySize }: Measured): string[] {
  const figures = [...bySize.values()];
  const [small, large] = [figures[0], figures.at(-1)];
  if (!small || !large) return [];
  // The machine may have become slower or faster in between.
  const growth = getGrowth(small, large);
  const isFlat =
    large.p50 / large.slowness - small.p50 / small.slowness <= NOISE ||
    growth <= GROWTH * TOLERANCE;
  const limit = read.limit && read.limit * large.slowness;
  const scanned = read.scans ? [] : large.work.scanned;
  return [
    ...(limit && large.p95 > limit * TOLERANCE
      ? [`${read.title}: p95 ${large.p95.toFixed(1)} ms, limit ${limit.toFixed(1)}`]
      : []),
    ...(read.follows || isFlat
      ? []
      : [`${read.title}: grows by ${growth.toFixed(2)}, limit ${GROWTH}`]),
    ...scanned.map((table) => `${read.title}: reads all of ${table}`),
  ];
}
