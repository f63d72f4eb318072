"use client";
import { useQueues } from "@/components/queues/use-queues";
import { TenantFilter } from "@/components/tenants/tenant-filter";
import { Button } from "@/components/ui/form/button";
import { Select } from "@/components/ui/form/select";
import { Icon } from "@/components/ui/icons/icon";
import type { FailureFilters } from "@/lib/search-params/windows";

/** Which failures: of a queue, of a task name. Several of either come from the address. */
export function FailureFilterBar({
  filters,
  onChange,
}: {
  filters: FailureFilters;
  onChange: (change: Partial<FailureFilters>) => void;
}) {
  const names = (useQueues().data?.queues ?? []).map(({ name }) => name);
  const chosen = filters.queue.length > 1 ? filters.queue.join(", ") : (filters.queue[0] ?? "");
  const known = names.includes(chosen) || chosen === "";
  return (
    <>
      <Select
        quiet
        aria-label="Queue"
        className="max-w-60"
        value={chosen}
        options={[
          { value: "", label: "All queues" },
          ...(known ? [] : [{ value: chosen, label: chosen }]),
          ...names.map((name) => ({ value: name, label: name })),
        ]}
        onChange={({ target }) => onChange({ queue: target.value ? [target.value] : [] })}
      />
      <TenantFilter chosen={filters.tenant} onChange={(tenant) => onChange({ tenant })} />
      {filters.name.map((name) => (
        <Button
          key={name}
          aria-label={`Remove the filter for ${name}`}
          onClick={() => onChange({ name: filters.name.filter((other) => other !== name) })}
        >
          <span className="mono max-w-60 truncate">{name}</span>
          <Icon name="x" strokeWidth={2} size={12} />
        </Button>
      ))}
    </>
  );
}
