"use client";
import { useState } from "react";
import { Button } from "@/components/ui/form/button";
import { Input } from "@/components/ui/form/field";
import { Select } from "@/components/ui/form/select";
import { Icon } from "@/components/ui/icons/icon";
import { WORKFLOW_STATUSES } from "@/lib/model/states";
import type { WorkflowFilters } from "@/lib/search-params/workflows";

/** Exact-match filters; each may occur several times. */
const FIELDS = [
  { value: "name", label: "Workflow", hint: "etl_nightly" },
  { value: "version", label: "Version", hint: "1.0.0" },
  { value: "tenant", label: "Tenant", hint: "acme" },
  { value: "creator", label: "Created by", hint: "api-gateway" },
  { value: "tag", label: "Tag", hint: "region=eu, or region" },
] as const;
type FieldName = (typeof FIELDS)[number]["value"];

const RANGES = [
  { value: "", label: "Any time" },
  { value: "1h", label: "Last hour" },
  { value: "24h", label: "Last 24 h" },
  { value: "7d", label: "Last 7 days" },
  { value: "30d", label: "Last 30 days" },
];

/** Filters of the run list: selects for status and time, chips for everything else. */
export function RunFilterBar({
  filters,
  names,
  onChange,
  onClear,
}: {
  filters: WorkflowFilters;
  /** Suggestions for the workflow name. */
  names: readonly string[];
  onChange: (change: Partial<WorkflowFilters>) => void;
  onClear: () => void;
}) {
  const chips = FIELDS.flatMap(({ value, label }) =>
    filters[value].map((text) => ({ field: value, label, text })),
  );
  const fixed = filters.after !== null || filters.before !== null;
  const own = RANGES.some(({ value }) => value === (filters.range ?? ""))
    ? []
    : [{ value: filters.range ?? "", label: `Last ${filters.range}` }];
  return (
    <div className="flex flex-wrap items-center gap-2 px-3 py-3 wide:px-4">
      <Select
        quiet
        aria-label="Status"
        value={filters.status.length === 1 ? (filters.status[0] ?? "") : ""}
        options={[
          {
            value: "",
            label: filters.status.length > 1 ? filters.status.join(", ") : "Any status",
          },
          ...WORKFLOW_STATUSES.map((status) => ({
            value: status,
            label: status === "running" ? "running or sleeping" : status,
          })),
        ]}
        onChange={({ target }) =>
          onChange({ status: WORKFLOW_STATUSES.filter((status) => status === target.value) })
        }
      />
      <Select
        quiet
        aria-label="Created"
        value={fixed ? "fixed" : (filters.range ?? "")}
        options={[...RANGES, ...own, ...(fixed ? [{ value: "fixed", label: "Fixed time" }] : [])]}
        onChange={({ target }) => {
          if (target.value !== "fixed")
            onChange({ range: target.value || null, after: null, before: null });
        }}
      />
      <AddFilter
        names={names}
        onAdd={(field, text) => onChange({ [field]: [...new Set([...filters[field], text])] })}
      />
      {chips.map(({ field, label, text }) => (
        <button
          key={`${field} ${text}`}
          type="button"
          aria-label={`Remove ${label} ${text}`}
          onClick={() => onChange({ [field]: filters[field].filter((other) => other !== text) })}
          className="inline-flex h-9 max-w-full items-center gap-1 rounded-1 border border-accent-line bg-accent-soft px-1.5 text-12 text-accent-text wide:h-6"
        >
          {label}
          <span className="mono truncate">{text}</span>
          <Icon name="x" size={12} />
        </button>
      ))}
      {(chips.length > 0 || filters.status.length > 0 || filters.range || fixed) && (
        <Button variant="ghost" onClick={onClear}>
          Clear
        </Button>
      )}
    </div>
  );
}

function AddFilter({
  names,
  onAdd,
}: {
  names: readonly string[];
  onAdd: (field: FieldName, text: string) => void;
}) {
  const [field, setField] = useState<FieldName>("name");
  const [text, setText] = useState("");
  const hint = FIELDS.find(({ value }) => value === field)?.hint;
  return (
    <form
      className="flex min-w-0 items-center"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim()) onAdd(field, text.trim());
        setText("");
      }}
    >
      <Select
        quiet
        aria-label="Filter by"
        className="shrink-0 [&>select]:rounded-r-none"
        value={field}
        options={FIELDS}
        onChange={({ target }) =>
          setField(FIELDS.find(({ value }) => value === target.value)?.value ?? "name")
        }
      />
      <Input
        aria-label="Value"
        list={field === "name" ? "workflow-names" : undefined}
        placeholder={hint}
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
        className="-ml-px h-9! w-40 min-w-0 rounded-none border-line-strong font-mono text-12 wide:h-7!"
      />
      <datalist id="workflow-names">
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <Button
        type="submit"
        size="square"
        aria-label="Add filter"
        data-tip="Add filter"
        className="-ml-px rounded-l-none"
      >
        <Icon name="plus" size={14} />
      </Button>
    </form>
  );
}
