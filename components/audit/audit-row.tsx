"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { bulkPath, queuePath, taskPath } from "@/components/layout/paths";
import { Td, TdDetails } from "@/components/ui/data/table";
import { Icon } from "@/components/ui/icons/icon";
import type { IconName } from "@/components/ui/icons/icon-names";
import { JsonView } from "@/components/ui/json/json-view";
import { NoValue } from "@/components/ui/text/count";
import { Link } from "@/components/ui/text/link";
import { AbsoluteTime } from "@/components/ui/text/relative-time";
import type { AuditEntry } from "@/lib/analytics/audit";
import { cn } from "@/lib/cn";
import { formatShortId } from "@/lib/format";
import type { AuditOutcome } from "@/lib/model/rows/audit";
import { auditQuery } from "@/lib/query/audit";
import { serializeAuditFilters } from "@/lib/search-params/audit";

const LINK = "text-accent-text hover:underline";

/** One entry; expands to all recorded fields. */
export function AuditRow({ entry, tenants }: { entry: AuditEntry; tenants: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <tr className="hover:bg-hover">
        <Td className="pl-4!">
          <button
            type="button"
            data-row
            aria-label={`Details of ${entry.action}`}
            aria-expanded={open}
            onClick={() => setOpen(!open)}
            className="-translate-x-2 grid size-8 place-items-center rounded-1 text-ink-3 hover:text-ink wide:size-6 wide:-translate-x-1"
          >
            <Icon name={open ? "chevron-down" : "chevron-right"} size={14} />
          </button>
        </Td>
        <Td className="whitespace-nowrap">
          <AbsoluteTime iso={entry.at} />
        </Td>
        <Td dir="auto" className="max-w-40 truncate" data-tip={entry.operator}>
          {entry.operator}
        </Td>
        <Td className="font-medium">{entry.action}</Td>
        <Td className="max-w-72 truncate">
          <Target entry={entry} />
        </Td>
        {tenants && (
          <Td className="hidden max-w-32 truncate text-ink-2 xwide:table-cell">
            {entry.tenants?.join(", ") ?? <NoValue />}
          </Td>
        )}
        <Td>
          <OutcomeLabel outcome={entry.outcome} />
        </Td>
        <Td className="max-w-80 truncate pr-4! text-ink-2" data-tip={noteText(entry)}>
          {noteText(entry)}
        </Td>
      </tr>
      {open && <Details entry={entry} />}
    </>
  );
}

function noteText({ reason, message }: AuditEntry): string {
  return [reason, message].filter(Boolean).join(" · ");
}

/** The target of an action, as precisely as recorded: a task, a bulk operation, or a queue and a name in it. */
function Target({ entry: { queue, taskId, bulkId, parameters } }: { entry: AuditEntry }) {
  if (queue && taskId) {
    return (
      <>
        <span className="text-ink-2">{queue} / </span>
        <Link href={taskPath(queue, taskId)} className={cn(LINK, "mono")}>
          {formatShortId(taskId)}
        </Link>
      </>
    );
  }
  if (bulkId) {
    return (
      <Link href={bulkPath(bulkId)} className={LINK}>
        bulk operation <code className="mono">{formatShortId(bulkId)}</code>
      </Link>
    );
  }
  if (!queue) return <NoValue />;
  return (
    <>
      <Link href={queuePath(queue)} className={LINK}>
        {queue}
      </Link>
      {typeof parameters.name === "string" && (
        <code className="mono text-ink-2"> / {parameters.name}</code>
      )}
    </>
  );
}

export const OUTCOME_LABELS: Record<AuditOutcome, string> = {
  done: "succeeded",
  refused: "refused",
  failed: "failed",
};

const OUTCOMES: Record<AuditOutcome, { icon: IconName; look: string }> = {
  done: { icon: "circle-check", look: "text-completed" },
  refused: { icon: "circle-slash", look: "text-pending" },
  failed: { icon: "octagon-x", look: "text-failed" },
};

export function OutcomeLabel({ outcome }: { outcome: AuditOutcome }) {
  const { icon, look } = OUTCOMES[outcome];
  return (
    <span className={cn("inline-flex items-center gap-1.5 align-top", look)}>
      <Icon name={icon} size={14} />
      {OUTCOME_LABELS[outcome]}
    </span>
  );
}

function Details({ entry }: { entry: AuditEntry }) {
  const { at, code, message, reason, bulkId, runId } = entry;
  return (
    <tr>
      <TdDetails colSpan={8} className="px-4 py-2 wide:pl-11">
        <p className="text-12 text-ink-2">
          <AbsoluteTime iso={at} />
          {reason && <> · reason: {reason}</>}
          {message && (
            <>
              {" "}
              · {message} {code && <code className="mono text-ink-3">{code}</code>}
            </>
          )}
          {runId && (
            <>
              {" "}
              · run <code className="mono">{runId}</code>
            </>
          )}
          {bulkId && entry.taskId && (
            <>
              {" · part of "}
              <Link href={bulkPath(bulkId)} className="text-accent-text underline">
                a bulk operation
              </Link>
            </>
          )}
        </p>
        {bulkId && !entry.taskId && <BulkTasks bulkId={bulkId} />}
        <div className="mt-2 grid gap-2 wide:grid-cols-2">
          <Values title="Input" values={entry.parameters} />
          <Values title="Result" values={entry.result} />
        </div>
      </TdDetails>
    </tr>
  );
}

/** Maximum number of task entries shown inside the entry of a bulk operation. */
const SHOWN = 10;

/** The newest task entries of a bulk operation. */
function BulkTasks({ bulkId }: { bulkId: string }) {
  const { data } = useQuery(auditQuery({ bulk: bulkId, limit: SHOWN + 2 }));
  const tasks = data?.rows.filter((row) => row.taskId !== null) ?? [];
  if (tasks.length === 0) return null;
  return (
    <ul aria-label="Tasks of the operation" className="mt-1 flex flex-col gap-0.5 text-12">
      {tasks.slice(0, SHOWN).map((row) => (
        <li key={row.auditId} className="flex min-w-0 flex-wrap items-center gap-x-3">
          <span className="w-24">
            <OutcomeLabel outcome={row.outcome} />
          </span>
          <Target entry={row} />
          <span className="min-w-0 truncate text-ink-2">{row.message}</span>
        </li>
      ))}
      {(tasks.length > SHOWN || data?.older) && (
        <li>
          <Link href={`/audit${serializeAuditFilters({ bulk: bulkId })}`} className={LINK}>
            All entries of this operation
          </Link>
        </li>
      )}
    </ul>
  );
}

function Values({ title, values }: { title: string; values: Record<string, unknown> }) {
  if (Object.keys(values).length === 0) return null;
  return (
    <section aria-label={title} className="min-w-0 rounded-2 border bg-surface">
      <h2 className="border-line-subtle border-b px-3 py-1 text-12 text-ink-3">{title}</h2>
      <JsonView text={JSON.stringify(values)} />
    </section>
  );
}
