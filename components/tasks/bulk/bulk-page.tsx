"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ReasonField } from "@/components/audit/reason-field";
import { usePageTitle } from "@/components/layout/frame/page-title";
import { LiveData } from "@/components/layout/live/live-data";
import { neverDue, polled } from "@/components/layout/live/polling";
import { useRefreshInterval } from "@/components/layout/preferences/preferences-provider";
import { PermittedButton } from "@/components/layout/session/permitted-button";
import { usePerform } from "@/components/layout/use-perform";
import { Fact, Facts } from "@/components/ui/data/facts";
import { Skeleton, SkeletonRows } from "@/components/ui/feedback/skeleton";
import { Icon } from "@/components/ui/icons/icon";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { NumberText } from "@/components/ui/text/count";
import { Link } from "@/components/ui/text/link";
import { RelativeTime } from "@/components/ui/text/relative-time";
import { abortBulkAction } from "@/lib/actions/bulk";
import type { BulkOperation } from "@/lib/analytics/bulk";
import { formatNumber, plural } from "@/lib/format";
import type { Iso } from "@/lib/model/instants";
import type { BulkFollowUp } from "@/lib/model/rows/bulk";
import { bulkFollowUpQuery, bulkQuery } from "@/lib/query/bulk";
import { BulkItems } from "./bulk-items";
import {
  BulkProgress,
  BulkStateLabel,
  countActive,
  FollowUpProgress,
  formatBulkTitle,
} from "./bulk-status";
import { BULK_WORDS } from "./bulk-words";

/** One bulk operation: its progress, the outcome of each task, and the button to abort it. */
export function BulkPage({ bulkId }: { bulkId: string }) {
  const interval = useRefreshInterval();
  const query = useQuery({
    ...bulkQuery(bulkId),
    refetchInterval: polled<{ operation: BulkOperation; now: Iso }>(
      ({ state }) => !state.data?.operation.finishedAt && interval,
      neverDue,
    ),
  });
  return (
    <LiveData
      whole
      every={query.data?.operation.finishedAt ? null : interval}
      query={query}
      skeleton={<BulkPageSkeleton />}
    >
      {({ operation }) => (
        <div className="flex min-h-0 flex-1 flex-col bg-surface short:flex-none">
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
  usePageTitle(formatBulkTitle(`${words.label} ${formatNumber(collected)}`, state));
  return (
    <header className="flex flex-col gap-3 border-b px-3 pt-3 pb-3 wide:px-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="font-semibold text-20 tracking-tight">
          {words.label} {state === "collecting" ? "…" : formatNumber(collected)}
        </h1>
        <BulkStateLabel state={state} />
        {open && (
          <PermittedButton
            permission="abort bulk"
            variant="danger"
            className="ml-auto"
            onClick={() => setAborting(true)}
          >
            <Icon name="ban" size={14} />
            Abort
          </PermittedButton>
        )}
      </div>
      <div className="flex flex-col gap-1">
        <p className="text-12 text-ink-2">
          {words.sent} {formatNumber(done)} of {formatNumber(collected)}
          {skipped > 0 && `, ${formatNumber(skipped)} skipped`}
          {failed > 0 && `, ${formatNumber(failed)} refused`}
        </p>
        <BulkProgress operation={operation} />
      </div>
      {done > 0 && <FollowUp operation={operation} />}
      <Facts>
        <Fact label={`Tasks ${words.done}`}>
          <NumberText value={done} />
        </Fact>
        <Fact label="Skipped">
          <NumberText value={skipped} />
        </Fact>
        <Fact label="Failed">
          <NumberText value={failed} tone="bad" />
        </Fact>
        <Fact label="Remaining">
          <NumberText value={rest} />
        </Fact>
        <Fact label="Rate">{perSecond === null ? "no limit" : `up to ${perSecond}/s`}</Fact>
        <Fact label="Operator">{operation.operator}</Fact>
        <Fact label="Started">
          <RelativeTime iso={operation.createdAt} />
        </Fact>
        {operation.finishedAt && (
          <Fact label="Ended">
            <RelativeTime iso={operation.finishedAt} />
          </Fact>
        )}
        {filters !== null && (
          <Fact label="Selection">
            <Link href={`/tasks${filters}`} className="text-accent-text hover:underline">
              filters
            </Link>
          </Fact>
        )}
        <Fact label="History">
          <Link
            href={`/audit?bulk=${operation.bulkId}`}
            className="text-accent-text hover:underline"
          >
            Audit log
          </Link>
        </Fact>
        {operation.reason && <Fact label="Reason">{operation.reason}</Fact>}
      </Facts>
      {operation.message && <p className="text-ink-2">{operation.message}</p>}
      {aborting && open && (
        <AbortDialog operation={operation} rest={rest} onClose={() => setAborting(false)} />
      )}
    </header>
  );
}

/** The current states of the changed tasks, until none is active. */
function FollowUp({ operation }: { operation: BulkOperation }) {
  const interval = useRefreshInterval();
  const { data } = useQuery({
    ...bulkFollowUpQuery(operation.bulkId),
    refetchInterval: polled<BulkFollowUp & { now: Iso }>(
      ({ state }) =>
        operation.finishedAt !== null && state.data && countActive(state.data.states) === 0
          ? false
          : interval,
      neverDue,
    ),
  });
  if (!data) return null;
  return <FollowUpProgress action={operation.action} followUp={data} />;
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

/** Aborts a running bulk operation. */
function AbortDialog({
  operation,
  rest,
  onClose,
}: {
  operation: BulkOperation;
  rest: number;
  onClose: () => void;
}) {
  const perform = usePerform();
  const [reason, setReason] = useState("");
  const { bulkId, action } = operation;
  return (
    <ConfirmDialog
      title="Abort operation"
      danger
      confirmLabel="Abort"
      cancelLabel="Keep running"
      onClose={onClose}
      onConfirm={() =>
        perform(() => abortBulkAction({ bulkId, reason }), {
          failed: "Bulk operation not aborted",
          done: () => ({ title: "Operation aborted", text: "Completed items are not undone" }),
        })
      }
    >
      <p className="mb-3 text-ink-2">
        Tasks already {BULK_WORDS[action].done} are not undone. About {plural(rest, "task")} will
        not be changed.
      </p>
      <ReasonField value={reason} onChange={setReason} />
    </ConfirmDialog>
  );
}
