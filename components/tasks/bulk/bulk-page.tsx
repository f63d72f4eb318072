"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { LiveData } from "@/components/layout/live/live-data";
import { useRefreshInterval } from "@/components/layout/preferences/preferences-provider";
import { Fact, Facts } from "@/components/ui/data/facts";
import { Skeleton, SkeletonRows } from "@/components/ui/feedback/skeleton";
import { Button } from "@/components/ui/form/button";
import { Icon } from "@/components/ui/icons/icon";
import { NumberText } from "@/components/ui/text/count";
import { Link } from "@/components/ui/text/link";
import { RelativeTime } from "@/components/ui/text/relative-time";
import type { BulkOperation } from "@/lib/analytics/bulk";
import { formatNumber } from "@/lib/format";
import { bulkQuery } from "@/lib/query/bulk";
import { AbortDialog } from "./abort-dialog";
import { BulkItems } from "./bulk-items";
import { BulkProgress } from "./bulk-progress";
import { BulkStateLabel } from "./bulk-state";
import { BULK_WORDS } from "./bulk-words";

/** One bulk operation: how far it is, what became of each task, and the way to stop it. */
export function BulkPage({ bulkId }: { bulkId: string }) {
  const interval = useRefreshInterval();
  const query = useQuery({
    ...bulkQuery(bulkId),
    refetchInterval: ({ state }) => (state.data?.operation.finishedAt ? false : interval),
  });
  return (
    <LiveData whole query={query} skeleton={<BulkPageSkeleton />}>
      {({ operation }) => (
        <div className="flex min-h-0 flex-1 flex-col bg-surface">
          <Head operation={operation} />
          <BulkItems operation={operation} />
        </div>
      )}
    </LiveData>
  );
}

function Head({ operation }: { operation: BulkOperation }) {
  const [aborting, setAborting] = useState(false);
  const { action, state, collected, done, skipped, failed, perSecond, filters } = operation;
  const words = BULK_WORDS[action];
  const rest = collected - done - skipped - failed;
  const open = operation.finishedAt === null;
  return (
    <header className="flex flex-col gap-3 border-b px-3 pt-3 pb-3 wide:px-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="font-semibold text-20 tracking-tight">
          {words.label} {state === "collecting" ? "…" : formatNumber(collected)}
        </h1>
        <BulkStateLabel state={state} />
        {open && (
          <Button variant="danger" className="ml-auto" onClick={() => setAborting(true)}>
            <Icon name="ban" size={14} />
            Abort
          </Button>
        )}
      </div>
      <BulkProgress operation={operation} />
      <Facts>
        <Fact label={words.done}>
          <NumberText value={done} />
        </Fact>
        <Fact label="left alone">
          <NumberText value={skipped} />
        </Fact>
        <Fact label="failed">
          <NumberText value={failed} tone="bad" />
        </Fact>
        <Fact label={open ? "to go" : "not reached"}>
          <NumberText value={rest} />
        </Fact>
        <Fact label="pace">{perSecond === null ? "no limit" : `${perSecond}/s at most`}</Fact>
        <Fact label="operator">{operation.operator}</Fact>
        <Fact label="started">
          <RelativeTime iso={operation.createdAt} />
        </Fact>
        {operation.finishedAt && (
          <Fact label="ended">
            <RelativeTime iso={operation.finishedAt} />
          </Fact>
        )}
        {filters !== null && (
          <Fact label="of">
            <Link href={`/tasks${filters}`} className="text-accent-text hover:underline">
              all that matched
            </Link>
          </Fact>
        )}
        <Fact label="record">
          <Link
            href={`/audit?bulk=${operation.bulkId}`}
            className="text-accent-text hover:underline"
          >
            in the audit log
          </Link>
        </Fact>
        {operation.reason && <Fact label="reason">{operation.reason}</Fact>}
      </Facts>
      {operation.message && <p className="text-ink-2">{operation.message}</p>}
      {aborting && open && (
        <AbortDialog operation={operation} rest={rest} onClose={() => setAborting(false)} />
      )}
    </header>
  );
}

export function BulkPageSkeleton() {
  return (
    <div className="flex flex-1 flex-col bg-surface">
      <div className="flex flex-col gap-4 px-3 py-4 wide:px-4">
        <Skeleton className="h-5 w-48" />
        <Skeleton className="w-96 max-w-full" />
      </div>
      <SkeletonRows rows={8} columns={4} />
    </div>
  );
}
