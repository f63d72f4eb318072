"use client";
import { useQueries, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Sparkline } from "@/components/charts/sparkline";
import { ReadError } from "@/components/layout/live/read-error";
import { bulkPath, taskPath } from "@/components/layout/paths";
import { PermittedButton } from "@/components/layout/session/permitted-button";
import { RunError } from "@/components/task/attempts/run-error";
import { SelectionCheck } from "@/components/tasks/selection/selection-check";
import { StateLabel } from "@/components/tasks/state/state-label";
import { lazyDialog, onIntent } from "@/components/ui/feedback/lazy";
import { buttonClass } from "@/components/ui/form/button";
import { Icon } from "@/components/ui/icons/icon";
import { Dialog } from "@/components/ui/overlay/dialog";
import { CutName } from "@/components/ui/text/cut-name";
import { Kbd } from "@/components/ui/text/kbd";
import { Link } from "@/components/ui/text/link";
import { MiddleTruncate } from "@/components/ui/text/middle-truncate";
import { Age, RelativeTime } from "@/components/ui/text/relative-time";
import type { BulkPage } from "@/lib/analytics/bulk";
import { cn } from "@/lib/cn";
import { formatNumber, formatShortId, plural } from "@/lib/format";
import type { FailureGroup, FailureSample } from "@/lib/model/rows/failure";
import { CUT_NAME, isCutName, splitCutName } from "@/lib/model/rows/shown-name";
import type { TaskState } from "@/lib/model/states";
import { bulkListQuery } from "@/lib/query/bulk";
import { failedTasksQuery } from "@/lib/query/failures";
import { taskQuery } from "@/lib/query/task";
import type { FailureFilters } from "@/lib/search-params/windows";
import { FailureError } from "./failure-error";
import { Outcomes } from "./failure-outcomes";
import { groupTasksPath } from "./paths";

const BulkDialog = lazyDialog(() =>
  import("@/components/tasks/bulk/bulk-dialog").then((module) => module.BulkDialog),
);

/** One error group; expands to its latest tasks. */
export function FailureRow({
  group,
  filters,
  open,
  isRetried,
  onRetry,
  onToggle,
  selected,
  onSelect,
}: RetryProps & {
  open: boolean;
  onToggle: () => void;
  selected: boolean;
  onSelect: () => void;
}) {
  return (
    <li data-group={group.id} className="border-line-subtle border-b">
      <div className="relative grid grid-cols-[46px_minmax(0,1fr)_auto] items-center gap-x-3 px-3 py-2 hover:bg-hover @min-[760px]:grid-cols-[40px_minmax(0,1fr)_64px_208px_112px] @min-[760px]:px-4 @min-[760px]:py-1.5 @min-[900px]:grid-cols-[40px_minmax(0,1fr)_64px_208px_120px_112px] @min-[1000px]:grid-cols-[40px_minmax(0,1fr)_64px_208px_96px_120px_112px]">
        <span className="row-span-2 flex items-center self-start">
          <SelectionCheck
            label={`Select the group ${group.pattern || (group.errorName ?? "without a message")}`}
            checked={selected}
            onToggle={onSelect}
          />
          <Icon
            name="chevron-right"
            strokeWidth={2}
            size={14}
            className={cn("shrink-0 text-ink-3 transition-transform", open && "rotate-90")}
          />
        </span>
        <div className="min-w-0">
          <button
            type="button"
            aria-expanded={open}
            data-row
            onClick={onToggle}
            className="block max-w-full truncate text-left font-medium after:absolute after:inset-0 focus-visible:after:shadow-[inset_2px_0_0_var(--color-accent)]"
          >
            {isCutName(group.taskName) ? (
              <CutName {...splitCutName(group.taskName)} tip={CUT_NAME} />
            ) : (
              group.taskName
            )}
          </button>
          <span
            className="line-clamp-2 break-words @min-[760px]:block @min-[760px]:truncate"
            data-tip={`${group.errorName ?? ""} ${group.pattern}`.trim()}
          >
            <FailureError name={group.errorName} pattern={group.pattern} />
          </span>
        </div>
        <span
          className="self-start text-right font-semibold @min-[760px]:self-auto"
          data-tip={plural(group.attempts, "failed attempt")}
        >
          {formatNumber(group.attempts)}
        </span>
        <Outcomes
          group={group}
          tenant={filters.tenant}
          className="col-start-2 @min-[760px]:col-start-auto"
        />
        <span className="hidden @min-[1000px]:block">
          <Sparkline values={group.trend} tone="bad" />
        </span>
        <span
          className="hidden min-w-0 gap-1 text-12 text-ink-2 @min-[900px]:flex"
          data-tip={group.queues.join(", ")}
        >
          <MiddleTruncate text={group.queues[0] ?? ""} />
          {group.queues.length > 1 && <span>+{group.queues.length - 1}</span>}
        </span>
        <span className="text-right text-12 text-ink-2">
          <RelativeTime iso={group.lastAt} />
          <span className="hidden text-ink-3 @min-[760px]:block">
            <First first={group.first} />
          </span>
        </span>
      </div>
      {(open || isRetried) && (
        <Samples group={group} filters={filters} isRetried={isRetried} onRetry={onRetry} />
      )}
    </li>
  );
}

type RetryProps = {
  group: FailureGroup;
  filters: FailureFilters;
  /** Whether the retry dialog of the group is open. */
  isRetried: boolean;
  onRetry: (isOpen: boolean) => void;
};

/** The tasks of a group that failed most recently, each with its own message. */
function Samples({ group, filters, isRetried, onRetry }: RetryProps) {
  const [latest] = group.samples;
  const states: TaskState[] = ["failed", "pending", "running", "sleeping"];
  const tasks = groupTasksPath(group, states, filters.tenant);
  return (
    <div className="border-line-subtle border-t bg-canvas pb-2">
      <ul aria-label="Latest failures of this group" className="py-1">
        {group.samples.map((sample) => (
          <li
            key={sample.taskId}
            className="relative flex flex-wrap items-baseline gap-x-3 px-3 py-1 hover:bg-hover wide:px-4 wide:pl-10"
          >
            <Link
              href={taskPath(sample.queue, sample.taskId)}
              data-tip={sample.taskId}
              className="mono after:absolute after:inset-0 hover:text-accent-text"
            >
              {formatShortId(sample.taskId)}
            </Link>
            <span className="w-24">
              <StateLabel state={sample.state} />
            </span>
            <span className="w-24 truncate text-12 text-ink-2" data-tip={sample.queue}>
              {sample.queue}
            </span>
            {sample.tenantId !== null && (
              <span
                dir="auto"
                className="w-24 truncate text-12 text-ink-2"
                data-tip={sample.tenantId}
              >
                {sample.tenantId}
              </span>
            )}
            <span
              className="mono min-w-0 flex-1 basis-60 truncate text-ink-2"
              data-tip={sample.message}
            >
              {sample.message || "no message"}
            </span>
            <span className="text-12 text-ink-3">
              attempt {sample.attempt}, <RelativeTime iso={sample.failedAt} />
            </span>
          </li>
        ))}
      </ul>
      {latest && <LatestTrace sample={latest} />}
      <div className="flex flex-wrap gap-2 px-3 wide:pl-10">
        <RetryGroup group={group} filters={filters} isRetried={isRetried} onRetry={onRetry} />
        {tasks === null ? (
          <p className="self-center text-12 text-ink-2">{CUT_NAME}</p>
        ) : (
          <Link href={tasks} aria-label={`Show ${group.taskName} tasks`} className={buttonClass()}>
            Show {group.taskName.length > 30 ? "its" : group.taskName} tasks
          </Link>
        )}
      </div>
    </div>
  );
}

/** The whole error of the latest failure with its trace, on request. */
function LatestTrace({ sample: { queue, taskId, attempt } }: { sample: FailureSample }) {
  const [open, setOpen] = useState(false);
  const query = useQuery({ ...taskQuery(queue, taskId), enabled: open });
  const run = query.data?.runs.find((one) => one.attempt === attempt);
  return (
    <div className="px-3 pb-2 wide:pl-10">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="min-h-11 text-12 text-accent-text hover:underline wide:min-h-6"
      >
        {open ? "Hide" : "Show"} the latest error with its trace
      </button>
      {open && query.error && <ReadError error={query.error} onRetry={() => query.refetch()} />}
      {open && run && <RunError reason={run.failureReason} />}
      {open && query.data && !run?.failureReason && (
        <p className="text-12 text-ink-2">This attempt is not among those that were read.</p>
      )}
    </div>
  );
}

/** When an error was first seen, within the failures that were read. */
function First({ first: { at, precision } }: { first: FailureGroup["first"] }) {
  if (precision === "exact")
    return (
      <>
        first <Age iso={at} /> ago
      </>
    );
  return precision === "or-earlier" ? (
    <span data-tip="Seen before this time range; not all older failures were read">
      first &ge; <Age iso={at} /> ago
    </span>
  ) : (
    <span data-tip="The first in this time range; not all older failures were read">
      <Age iso={at} /> ago in range
    </span>
  );
}

/** The number of tasks in the group that are failed and can be retried. */
export function countFailed({ tasks }: FailureGroup): number {
  return tasks.exhausted + tasks.refused;
}

/** A button that previews and retries all failed tasks of the group, or the progress of a retry that is running. */
function RetryGroup({ group, filters, isRetried, onRetry }: RetryProps) {
  const operation = useRetryOperation(group.id);
  const failed = countFailed(group);
  const isIdle = isRetried && (operation !== undefined || failed === 0);
  useEffect(() => {
    if (isIdle) onRetry(false);
  }, [isIdle, onRetry]);
  if (operation)
    return (
      <Link href={bulkPath(operation.bulkId)} className={buttonClass()}>
        <Icon name="loader-circle" size={14} />
        Retrying {plural(operation.collected, "task")}
      </Link>
    );
  if (failed === 0) return null;
  return (
    <>
      <PermittedButton
        permission="start bulk"
        {...onIntent(BulkDialog.preload)}
        onClick={() => onRetry(true)}
      >
        <Icon name="rotate-cw" size={14} />
        Retry {plural(failed, "failed task")}…<Kbd>t</Kbd>
      </PermittedButton>
      {isRetried && <Retry groups={[group]} filters={filters} onClose={() => onRetry(false)} />}
    </>
  );
}

/** An operation counts as running for this long after it ended, until the list includes its result. */
const SETTLING_MS = 5_000;

/** The group's retry that is running or has just ended: the button returns once the list is up to date. */
function useRetryOperation(group: string) {
  const { data } = useQuery({
    ...bulkListQuery(),
    refetchInterval: ({ state }) => (findRetry(state.data, group) ? 1_000 : false),
  });
  return findRetry(data, group);
}

function findRetry(page: BulkPage | undefined, group: string) {
  return page?.rows.find(
    ({ options, finishedAt }) =>
      typeof options.group === "string" &&
      options.group.split(" ").includes(group) &&
      (finishedAt === null || Date.parse(page.now) - Date.parse(finishedAt) < SETTLING_MS),
  );
}

/** The most tasks of one operation that lists them. */
const MOST_TASKS = 1_000;

/** Finds the failed tasks of these groups, and opens the dialog that retries them. */
export function Retry({
  groups,
  filters,
  onStarted,
  onClose,
}: {
  groups: readonly FailureGroup[];
  filters: FailureFilters;
  onStarted?: () => void;
  onClose: () => void;
}) {
  // The list includes five tasks per group; the others are fetched when the dialog opens.
  const queries = useQueries({
    queries: groups.map((group) => ({
      ...failedTasksQuery(group.id, filters),
      refetchOnWindowFocus: false,
    })),
  });
  const isComplete = queries.every(({ data }) => data !== undefined);
  const tasks = queries.flatMap(({ data }) => data?.tasks ?? []).slice(0, MOST_TASKS);
  const error = queries.find((query) => query.error !== null)?.error;
  if (isComplete && tasks.length > 0)
    return (
      <BulkDialog
        selection={{ ids: tasks, group: groups.map(({ id }) => id).join(" ") }}
        action="retry"
        {...(onStarted && { onStarted })}
        onClose={onClose}
      />
    );
  return (
    <Dialog title="Retry failed tasks" onClose={onClose}>
      {error ? (
        <ReadError
          error={error}
          onRetry={() => {
            for (const query of queries) query.refetch();
          }}
        />
      ) : (
        <p className="py-4 text-ink-2" role="status">
          {isComplete
            ? "None of these tasks is in the failed state any more."
            : `Finding ${formatNumber(groups.reduce((sum, group) => sum + countFailed(group), 0))} tasks…`}
        </p>
      )}
    </Dialog>
  );
}
