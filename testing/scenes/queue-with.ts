import type { Queue } from "@/lib/model/queue";

const none = { value: 0, precision: "exact" } as const;

/** An idle queue, with these figures overwritten. */
export function queueWith(figures: Partial<Queue>): Queue {
  return {
    name: "orders",
    createdAt: "2026-03-01T12:00:00.000Z",
    storageMode: "unpartitioned",
    active: { pending: 0, running: 0, sleeping: 0 },
    terminal: { completed: none, failed: none, cancelled: none },
    ready: 0,
    oldestReadyAt: null,
    overdueSleepers: 0,
    expiredLeases: 0,
    claims: null,
    ...figures,
  };
}
