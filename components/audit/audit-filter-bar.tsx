"use client";
import { useQuery } from "@tanstack/react-query";
import { TenantFilter } from "@/components/tenants/tenant-filter";
import { Button } from "@/components/ui/form/button";
import { Select } from "@/components/ui/form/select";
import { formatShortId } from "@/lib/format";
import { AUDIT_OUTCOMES } from "@/lib/model/audit";
import { auditChoicesQuery } from "@/lib/query/audit";
import { queuesQuery } from "@/lib/query/queues";
import type { AuditFilters } from "@/lib/search-params/audit";
import { isNarrowed } from "./use-audit-filters";

const DAY = 86_400_000;
const WINDOWS = [
  { value: "", label: "Any time" },
  { value: "1", label: "Last 24 h" },
  { value: "7", label: "Last 7 days" },
  { value: "30", label: "Last 30 days" },
];

/** Which entries to list: who, what, where, how it ended, and when. */
export function AuditFilterBar({
  filters,
  onChange,
  onClear,
}: {
  filters: AuditFilters;
  onChange: (change: Partial<AuditFilters>) => void;
  onClear: () => void;
}) {
  const choices = useQuery(auditChoicesQuery()).data;
  const queues = useQuery(queuesQuery()).data?.queues ?? [];
  return (
    <search className="flex flex-wrap items-center gap-2 px-3 py-3 wide:px-4">
      <Choice
        label="Operator"
        all="Everybody"
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
        onChange={(chosen) =>
          onChange({ outcome: AUDIT_OUTCOMES.filter((outcome) => chosen.includes(outcome)) })
        }
      />
      <TenantFilter chosen={filters.tenant} onChange={(tenant) => onChange({ tenant })} />
      <Select
        quiet
        aria-label="Time"
        value={daysOf(filters.after)}
        options={
          WINDOWS.some(({ value }) => value === daysOf(filters.after))
            ? WINDOWS
            : [...WINDOWS, { value: daysOf(filters.after), label: `Since ${filters.after}` }]
        }
        onChange={({ target }) =>
          onChange({
            after: target.value
              ? new Date(Date.now() - Number(target.value) * DAY).toISOString()
              : null,
          })
        }
      />
      {filters.task && (
        <Only what="Task" id={filters.task} onDrop={() => onChange({ task: null })} />
      )}
      {filters.bulk && (
        <Only what="Bulk" id={filters.bulk} onDrop={() => onChange({ bulk: null })} />
      )}
      {isNarrowed(filters) && (
        <Button variant="ghost" onClick={onClear}>
          Remove all filters
        </Button>
      )}
    </search>
  );
}

/** The window an instant is the beginning of, give or take the time it has been open. */
function daysOf(after: string | null): string {
  if (after === null) return "";
  const days = (Date.now() - Date.parse(after)) / DAY;
  return WINDOWS.find(({ value }) => value && Math.abs(days - Number(value)) < 0.1)?.value ?? after;
}

function Choice({
  label,
  all,
  chosen,
  choices,
  onChange,
}: {
  label: string;
  all: string;
  chosen: readonly string[];
  choices: readonly string[];
  onChange: (chosen: string[]) => void;
}) {
  // What the address asks for is on offer, too, even if nothing recent has it.
  const offered = [...new Set([...choices, ...chosen])];
  return (
    <Select
      quiet
      aria-label={label}
      className="min-w-28 flex-1 wide:max-w-48 wide:flex-none"
      value={chosen.length === 1 ? (chosen[0] ?? "") : ""}
      options={[
        { value: "", label: chosen.length > 1 ? chosen.join(", ") : all },
        ...offered.map((value) => ({ value, label: value })),
      ]}
      onChange={({ target }) => onChange(target.value ? [target.value] : [])}
    />
  );
}

function Only({ what, id, onDrop }: { what: string; id: string; onDrop: () => void }) {
  return (
    <Button onClick={onDrop} aria-label={`${what} ${id}: remove this filter`}>
      {what} <code className="mono">{id.length === 36 ? formatShortId(id) : id}</code> ×
    </Button>
  );
}
