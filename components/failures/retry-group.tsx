"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ReadError } from "@/components/layout/live/read-error";
import { lazyExtra } from "@/components/ui/feedback/lazy-part";
import { Button } from "@/components/ui/form/button";
import { Icon } from "@/components/ui/icons/icon";
import { Dialog } from "@/components/ui/overlay/dialog";
import { formatNumber, plural } from "@/lib/format";
import type { FailureGroup } from "@/lib/model/failure";
import { failedTasksQuery } from "@/lib/query/failures";
import type { FailureFilters } from "@/lib/search-params/windows";

const BulkDialog = lazyExtra(() =>
  import("@/components/tasks/bulk/bulk-dialog").then((module) => module.BulkDialog),
);

/** Retries every task that failed for good with this cause, after a preview. */
export function RetryGroup({ group, filters }: { group: FailureGroup; filters: FailureFilters }) {
  const [open, setOpen] = useState(false);
  const failed = group.tasks.exhausted + group.tasks.refused;
  if (failed === 0) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <Icon name="rotate-cw" size={14} />
        Retry {plural(failed, "failed task")}…
      </Button>
      {open && <Retry group={group} filters={filters} onClose={() => setOpen(false)} />}
    </>
  );
}

function Retry({
  group,
  filters,
  onClose,
}: {
  group: FailureGroup;
  filters: FailureFilters;
  onClose: () => void;
}) {
  // The list names five tasks of each group; all of them are read when somebody wants to act.
  const query = useQuery({ ...failedTasksQuery(group.id, filters), refetchOnWindowFocus: false });
  if (query.data && query.data.tasks.length > 0)
    return <BulkDialog selection={{ ids: query.data.tasks }} action="retry" onClose={onClose} />;
  return (
    <Dialog title="Retry the failed tasks" onClose={onClose}>
      {query.error ? (
        <ReadError error={query.error} onRetry={() => query.refetch()} />
      ) : (
        <p className="py-4 text-ink-2" role="status">
          {query.data
            ? "None of them is failed any more."
            : `Finding ${formatNumber(group.tasks.exhausted + group.tasks.refused)} tasks…`}
        </p>
      )}
    </Dialog>
  );
}
