import { StaleMark } from "@/components/layout/list/live-row-marks";
import { workflowRunPath } from "@/components/layout/paths";
import { Th } from "@/components/ui/data/table";
import { StoppedClock } from "@/components/ui/text/clock";
import { NoValue } from "@/components/ui/text/count";
import { Link } from "@/components/ui/text/link";
import { Age } from "@/components/ui/text/relative-time";
import { cn } from "@/lib/cn";
import { formatNumber, formatShortId } from "@/lib/format";
import type { Uuid } from "@/lib/model/ids";
import type { Iso } from "@/lib/model/instants";
import type { WorkflowRunSummary, WorkflowTables } from "@/lib/model/workflow";
import { RunStatus } from "../status";
import { Tags } from "../tags";
import { RunDuration } from "./run-duration";

const CELL =
  "wide:h-8 wide:border-line-subtle wide:border-b wide:px-2 wide:first:pl-4 wide:last:pr-4";
const WIDE = cn(CELL, "hidden wide:table-cell");
const XWIDE = "hidden h-8 truncate border-line-subtle border-b px-2 xwide:table-cell";

/** Workflow runs: a table on wide screens, two lines per run on narrow ones. */
export function RunTable({
  rows,
  removed,
  stale,
  tables,
  onTag,
}: {
  rows: readonly WorkflowRunSummary[];
  /** Ids of runs that no longer match the filters. */
  removed: ReadonlySet<Uuid>;
  /** Runs that could not be refreshed, with the instant until which they are known. */
  stale: ReadonlyMap<Uuid, Iso>;
  tables: WorkflowTables;
  onTag: (tag: string) => void;
}) {
  return (
    <table className="block w-full table-fixed border-collapse text-left wide:table">
      <thead className="sticky top-0 z-10 hidden bg-canvas wide:table-header-group">
        <tr>
          <Th className="w-[128px] pl-4!">Status</Th>
          <Th className="w-[18%]">Workflow</Th>
          <Th className="w-[72px]">Version</Th>
          <Th className="w-[124px]">Run id</Th>
          <Th numeric className="w-[60px]" data-tip="As stored on the run">
            Tasks
          </Th>
          <Th numeric aria-sort={tables.createdAt ? "descending" : undefined} className="w-[84px]">
            {tables.createdAt ? "Age" : "Started"}
          </Th>
          <Th numeric className="w-[96px]">
            Duration
          </Th>
          {tables.tenants && <Th className="hidden w-[128px] pl-5 xwide:table-cell">Tenant</Th>}
          <Th className="hidden w-[108px] pl-5 xwide:table-cell">Created by</Th>
          <Th className="pr-4! pl-5">Tags</Th>
        </tr>
      </thead>
      <tbody className="block wide:table-row-group">
        {rows.map((run) => (
          <RunRow
            key={run.workflowRunId}
            run={run}
            removed={removed.has(run.workflowRunId)}
            staleSince={stale.get(run.workflowRunId) ?? null}
            tables={tables}
            onTag={onTag}
          />
        ))}
      </tbody>
    </table>
  );
}

/** One run. The name's link covers the row; tags and id are layered above it. */
function RunRow({
  run,
  removed,
  staleSince,
  tables,
  onTag,
}: {
  run: WorkflowRunSummary;
  removed: boolean;
  staleSince: Iso | null;
  tables: WorkflowTables;
  onTag: (tag: string) => void;
}) {
  const at = tables.createdAt ? run.createdAt : run.startedAt;
  return (
    <tr
      className={cn(
        "relative grid min-h-14 grid-cols-[112px_minmax(0,1fr)_auto] items-center gap-x-2 border-line-subtle border-b px-3 py-2 focus-within:bg-accent-soft hover:bg-hover wide:table-row wide:h-8",
        removed && "bg-canvas [&>td]:line-through",
      )}
      data-run={run.workflowRunId}
      data-stale={staleSince ?? undefined}
      data-tip={removed ? "No longer matches the filters" : undefined}
    >
      <StoppedClock at={staleSince}>
        <td className={CELL}>
          <RunStatus run={run} />
        </td>
        <td className={cn(CELL, "min-w-0")}>
          <Link
            data-row
            dir="auto"
            href={workflowRunPath(run.workflowRunId)}
            data-tip={run.name}
            className="block truncate font-medium leading-6 outline-none after:absolute after:inset-0 focus-visible:after:shadow-[inset_2px_0_0_var(--color-accent)]"
          >
            {run.name}
          </Link>
        </td>
        <td className={cn(CELL, "order-1 truncate text-12 text-ink-2 wide:text-13")}>
          {run.version}
        </td>
        <td className={WIDE}>
          <span className="mono relative z-1 text-ink-2" data-tip={run.workflowRunId}>
            {formatShortId(run.workflowRunId)}
          </span>
        </td>
        <td className={cn(WIDE, "text-right")}>
          {run.taskCount === null ? <NoValue /> : formatNumber(run.taskCount)}
        </td>
        <td className={cn(CELL, "text-right")}>{at ? <Age iso={at} /> : <NoValue />}</td>
        <td className={cn(WIDE, "text-right text-ink-2")}>
          <RunDuration run={run} />
        </td>
        {tables.tenants && (
          <td dir="auto" className={cn(XWIDE, "pl-5")} data-tip={run.tenantId ?? undefined}>
            {run.tenantId ?? <NoValue />}
          </td>
        )}
        <td className={cn(XWIDE, "pl-5")} data-tip={run.createdBy ?? undefined}>
          {run.createdBy ?? <NoValue />}
        </td>
        <td className={cn(CELL, "order-2 col-span-2 min-w-0 overflow-hidden text-12 wide:pl-5")}>
          <Tags tags={run.tags} onSelect={onTag} />
          {staleSince && <StaleMark since={staleSince} />}
        </td>
      </StoppedClock>
    </tr>
  );
}
