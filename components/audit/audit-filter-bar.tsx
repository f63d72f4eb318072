"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { TenantFilter } from "@/components/tenants/tenant-filter";
import { Button } from "@/components/ui/form/button";
import { Input } from "@/components/ui/form/field";
import { Select } from "@/components/ui/form/select";
import { toDatabaseTime } from "@/components/ui/text/clock";
import { formatShortId } from "@/lib/format";
import { getOwn } from "@/lib/model/get-own";
import { toInstant } from "@/lib/model/instants";
import { AUDIT_OUTCOMES } from "@/lib/model/rows/audit";
import { auditChoicesQuery } from "@/lib/query/audit";
import { queuesQuery } from "@/lib/query/queues";
import type { AuditFilters } from "@/lib/search-params/audit";
import { parseAsIdPrefix } from "@/lib/search-params/parsers";
import { OUTCOME_LABELS } from "./audit-row";

const DAY = 86_400_000;
const WINDOWS = [
  { value: "", label: "Any time" },
  { value: "1", label: "Last 24 h" },
  { value: "7", label: "Last 7 days" },
  { value: "30", label: "Last 30 days" },
];

/** Filters of the audit log. A bulk operation is only set by links and can only be removed here. */
export function AuditFilterBar({
  filters,
  onChange,
  onClear,
}: {
  filters: AuditFilters;
  onChange: (change: Partial<AuditFilters>) => void;
  /** Set while any filter is active. */
  onClear: (() => void) | undefined;
}) {
  const choices = useQuery(auditChoicesQuery()).data;
  const queues = useQuery(queuesQuery()).data?.queues ?? [];
  return (
    <search className="flex flex-wrap items-center gap-2 px-3 py-3 wide:px-4">
      <Choice
        label="Operator"
        all="Anyone"
        chosen={filters.operator}
        choices={choices?.operators ?? []}
        onChange={(operator) => onChange({ operator })}
      />
      <Choice
        label="Action"
        all="All actions"
        chosen={filters.action}
        choices={choices?.actions ?? []}
        onChange={(action) => onChange({ action })}
      />
      <Choice
        label="Queue"
        all="All queues"
        chosen={filters.queue}
        choices={queues.map((queue) => queue.name)}
        onChange={(queue) => onChange({ queue })}
      />
      <Choice
        label="Outcome"
        all="Any outcome"
        chosen={filters.outcome}
        choices={AUDIT_OUTCOMES}
        labels={OUTCOME_LABELS}
        onChange={(chosen) =>
          onChange({ outcome: AUDIT_OUTCOMES.filter((outcome) => chosen.includes(outcome)) })
        }
      />
      <TenantFilter chosen={filters.tenant} onChange={(tenant) => onChange({ tenant })} />
      <Select
        quiet
        aria-label="Time"
        value={toRangeOption(filters.after)}
        options={
          WINDOWS.some(({ value }) => value === toRangeOption(filters.after))
            ? WINDOWS
            : [...WINDOWS, { value: toRangeOption(filters.after), label: `Since ${filters.after}` }]
        }
        onChange={({ target }) =>
          onChange({
            after: target.value ? toInstant(toDatabaseTime() - Number(target.value) * DAY) : null,
          })
        }
      />
      {filters.task ? (
        <LinkedFilter what="Task" id={filters.task} onRemove={() => onChange({ task: null })} />
      ) : (
        <TaskField onFind={(task) => onChange({ task })} />
      )}
      {filters.bulk && (
        <LinkedFilter
          what="Bulk operation"
          id={filters.bulk}
          onRemove={() => onChange({ bulk: null })}
        />
      )}
      {onClear && (
        <Button variant="ghost" onClick={onClear}>
          Remove all filters
        </Button>
      )}
    </search>
  );
}

/** The range option for `after`, else the instant itself. The 0.1 day of tolerance covers a page open for a while. */
function toRangeOption(after: string | null): string {
  if (after === null) return "";
  const days = (toDatabaseTime() - Date.parse(after)) / DAY;
  return WINDOWS.find(({ value }) => value && Math.abs(days - Number(value)) < 0.1)?.value ?? after;
}

function Choice({
  label,
  all,
  chosen,
  choices,
  labels = {},
  onChange,
}: {
  label: string;
  all: string;
  chosen: readonly string[];
  choices: readonly string[];
  /** Labels of values that are shown under another name. */
  labels?: Partial<Record<string, string>>;
  onChange: (chosen: string[]) => void;
}) {
  // Values from the URL are offered even if no recent entry has them.
  const offered = [...new Set([...choices, ...chosen])];
  return (
    <Select
      quiet
      aria-label={label}
      className="min-w-28 flex-1 wide:max-w-48 wide:flex-none"
      value={chosen.length === 1 ? (chosen[0] ?? "") : ""}
      options={[
        { value: "", label: chosen.length > 1 ? chosen.join(", ") : all },
        ...offered.map((value) => ({ value, label: getOwn(labels, value) ?? value })),
      ]}
      onChange={({ target }) => onChange(target.value ? [target.value] : [])}
    />
  );
}

/** Filters by a task id or its prefix, applied on Enter. */
function TaskField({ onFind }: { onFind: (task: string) => void }) {
  const [text, setText] = useState("");
  const task = parseAsIdPrefix.parse(text.trim());
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (task) onFind(task);
      }}
    >
      <Input
        aria-label="Task id"
        aria-invalid={text.trim() !== "" && task === null}
        placeholder="Task id"
        className="mono w-36"
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </form>
  );
}

function LinkedFilter({ what, id, onRemove }: { what: string; id: string; onRemove: () => void }) {
  return (
    <Button onClick={onRemove} aria-label={`${what} ${id}: remove this filter`}>
      {what} <code className="mono">{id.length === 36 ? formatShortId(id) : id}</code> ×
    </Button>
  );
}
