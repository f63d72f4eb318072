import type { Iso } from "@/lib/model/instants";
import type { EndedClaims, HeldRun, RunningClaims } from "./worker-rows";

const HELD = 3;

/** One name under which runs were claimed. Workers do not register, so one that claims nothing is not seen. */
export type Worker = {
  name: string;
  queues: string[];
  /** Runs it holds now, and how many of them with an expired lease or without any. */
  running: number;
  expired: number;
  withoutLease: number;
  /** The end of the lease that ends first among those still good. */
  nextLeaseEnd: Iso | null;
  /** The latest sign of life: a claim, or an end that it reported. */
  lastSeenAt: Iso;
  /** Of the attempts it picked up in the window. Lost are those whose lease ran out. */
  completed: number;
  failed: number;
  lost: number;
  /** The runs held longest, at most three. */
  held: HeldRun[];
};

/**
 * One row a worker out of its claims in all queues. Workers that hold runs come first, those with expired leases before
 * all; then the last seen.
 */
export function combineClaims(
  running: readonly RunningClaims[],
  ended: readonly EndedClaims[],
): Worker[] {
  const workers = new Map<string, Worker>();
  for (const claims of running) {
    const worker = find(workers, claims.worker, claims.lastClaimAt);
    worker.running += claims.running;
    worker.expired += claims.expired;
    worker.withoutLease += claims.withoutLease;
    worker.nextLeaseEnd = earliest(worker.nextLeaseEnd, claims.nextLeaseEnd);
    worker.held.push(...claims.held);
    meet(worker, claims.queue, claims.lastClaimAt);
  }
  for (const claims of ended) {
    const worker = find(workers, claims.worker, claims.lastSeenAt);
    worker.completed += claims.completed;
    worker.failed += claims.failed;
    worker.lost += claims.lost;
    meet(worker, claims.queue, claims.lastSeenAt);
  }
  for (const worker of workers.values()) {
    worker.held.sort((a, b) => compare(a.claimedAt ?? "", b.claimedAt ?? ""));
    worker.held.splice(HELD);
  }
  return [...workers.values()].sort(
    (a, b) =>
      b.expired - a.expired ||
      Number(b.running > 0) - Number(a.running > 0) ||
      compare(b.lastSeenAt, a.lastSeenAt) ||
      compare(a.name, b.name),
  );
}

function find(workers: Map<string, Worker>, name: string, lastSeenAt: string): Worker {
  const known = workers.get(name);
  if (known) return known;
  const worker: Worker = {
    name,
    queues: [],
    running: 0,
    expired: 0,
    withoutLease: 0,
    nextLeaseEnd: null,
    lastSeenAt,
    completed: 0,
    failed: 0,
    lost: 0,
    held: [],
  };
  workers.set(name, worker);
  return worker;
}

function meet(worker: Worker, queue: string, seenAt: string): void {
  if (!worker.queues.includes(queue)) worker.queues.push(queue);
  if (seenAt > worker.lastSeenAt) worker.lastSeenAt = seenAt;
}

function earliest(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
