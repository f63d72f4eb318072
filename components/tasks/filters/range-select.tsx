"use client";
"use no memo";
import { Select } from "@/components/ui/form/select";
import { useZone } from "@/components/ui/text/zone";
import { formatMinute } from "@/lib/format";
import type { TaskFilters } from "@/lib/search-params/tasks/filters";

const RANGES = [
  { value: "", label: "Any time" },
  { value: "15m", label: "Last 15 min" },
  { value: "1h", label: "Last hour" },
  { value: "24h", label: "Last 24 h" },
  { value: "7d", label: "Last 7 days" },
  { value: "30d", label: "Last 30 days" },
];

/** Filters by spawn time. Other ranges or instants in the URL become an extra option. */
export function RangeSelect({
  filters,
  onChange,
}: {
  filters: TaskFilters;
  onChange: (change: Partial<TaskFilters>) => void;
}) {
  const zone = useZone();
  const minutes = (iso: string) => formatMinute(iso, zone);
  const fixed = [
    filters.after && `from ${minutes(filters.after)}`,
    filters.before && `until ${minutes(filters.before)}`,
  ].filter(Boolean);
  const custom = fixed.length > 0 && { value: "fixed", label: fixed.join(" ") };
  const own = filters.range &&
    !RANGES.some((range) => range.value === filters.range) && {
      value: filters.range,
      label: `Last ${filters.range}`,
    };
  return (
    <Select
      quiet
      aria-label="Spawned"
      value={custom ? "fixed" : (filters.range ?? "")}
      options={[...RANGES, ...(own ? [own] : []), ...(custom ? [custom] : [])]}
      onChange={({ target }) => {
        if (target.value !== "fixed")
          onChange({ range: target.value || null, after: null, before: null });
      }}
    />
  );
}
