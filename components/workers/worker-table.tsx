"use client";
import { Table, Th } from "@/components/ui/data/table";
import type { WorkerList } from "@/lib/analytics/workers";
import { WorkerRow } from "./worker-row";

/** Narrow screens show what decides whether to look closer. */
const NARROW = "max-wide:hidden";

/** Each worker on a line: what it holds, when it was seen, how it fares. */
export function WorkerTable({ list }: { list: WorkerList }) {
  const since = Date.parse(list.lookedBackTo ?? list.from);
  const minutes = Math.max((Date.parse(list.now) - since) / 60_000, 1);
  return (
    <Table className="wide:min-w-[980px]">
      <thead className="bg-canvas">
        <tr>
          <Th>Worker</Th>
          <Th className={NARROW}>Queues</Th>
          <Th numeric>Running</Th>
          <Th className={NARROW}>Holds longest</Th>
          <Th numeric className={NARROW}>
            Lease left
          </Th>
          <Th numeric>Last seen</Th>
          <Th numeric className={NARROW}>
            Claims
          </Th>
          <Th numeric>Failed</Th>
          <Th numeric className={NARROW}>
            Lost leases
          </Th>
        </tr>
      </thead>
      <tbody>
        {list.workers.map((worker) => (
          <WorkerRow key={worker.name} worker={worker} minutes={minutes} />
        ))}
      </tbody>
    </Table>
  );
}
