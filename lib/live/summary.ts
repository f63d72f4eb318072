import "server-only";
import type { Throughput } from "@/lib/analytics/overview";
import { type Concern, describeAllClear, listConcerns } from "@/lib/diagnosis/concerns";
import { type Count, sumCounts } from "@/lib/model/count";
import type { Iso } from "@/lib/model/instants";
import { ProblemError } from "@/lib/model/problem";
import { countTotals, type QueueTotals } from "@/lib/model/queue";
import { readings } from "./readings";
import type { Requester } from "./shared-reads";

/** How long a database may take, in milliseconds: a list of databases does not wait for an unreachable one. */
const DEADLINE_MS = 3_000;

/** The maximum number of listed concerns. */
const MOST_CONCERNS = 3;

/** The state of a whole database in a few words. */
export type Summary = QueueTotals & {
  /** The engine's clock when the queues were read. */
  now: Iso;
  queues: number;
  /** The first three concerns, as the overview lists them, and their total number. */
  concerns: Concern[];
  concernsCount: number;
  /** What it means if there are no concerns. */
  allClear: { complete: boolean; text: string };
  /** Failed tasks that are still stored. */
  failed: Count;
  /** Ended attempts of the last hour; `null` if they could not be read in time. */
  attempts: { completed: number; failed: number } | null;
};

/**
 * What needs attention in the current database, and its figures, from the same shared results as the overview.
 *
 * @throws ProblemError as the readings do; `timed_out` after three seconds.
 */
export async function getSummary({ signal, headers }: Requester): Promise<Summary> {
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  const requester = { headers, signal: AbortSignal.any([signal, deadline]) };
  try {
    const [list, throughput] = await Promise.all([
      readings.queues(requester, []),
      readings.throughput(requester, { range: "1h", tenant: [] }).catch(() => undefined),
    ]);
    return summarize(list, throughput);
  } catch (error) {
    if (signal.aborted || !deadline.aborted) throw error;
    throw new ProblemError({
      code: "timed_out",
      message: `The database did not respond within ${DEADLINE_MS / 1_000} s.`,
      hint: "Open it to see why; the other databases are not affected.",
    });
  }
}

function summarize(
  { queues, now }: Awaited<ReturnType<typeof readings.queues>>,
  throughput: Throughput | undefined,
): Summary {
  const attempts = throughput && { ...throughput, words: "last hour" };
  const concerns = listConcerns({ queues, now, attempts });
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    now,
    queues: queues.length,
    ...countTotals(queues),
    concerns: concerns.slice(0, MOST_CONCERNS),
    concernsCount: concerns.length,
    allClear: describeAllClear({ attempts }),
    failed: sumCounts(queues.map(({ terminal }) => terminal.failed)),
    attempts: throughput
      ? {
          completed: sum(throughput.queues.flatMap(({ completed }) => completed)),
          failed: sum(throughput.queues.flatMap(({ failed }) => failed)),
        }
      : null,
  };
}
