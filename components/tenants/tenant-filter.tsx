"use client";
import { useQuery } from "@tanstack/react-query";
import { Select } from "@/components/ui/form/select";
import { taskSuggestionsQuery } from "@/lib/query/tasks-suggestions";
import { useTenants } from "./tenants-provider";

/** Filters by one tenant or none. Renders nothing if there are no tenants to choose from. */
export function TenantFilter({
  chosen,
  onChange,
}: {
  chosen: readonly string[];
  onChange: (tenants: string[]) => void;
}) {
  const allowed = useTenants();
  const recent = useQuery({ ...taskSuggestionsQuery([]), enabled: allowed === null, retry: false });
  // Tenants in the URL are offered even if no recent task has them.
  const offered = [...new Set([...(allowed ?? recent.data?.tenants ?? []), ...chosen])];
  if (chosen.length === 0 && offered.length < (allowed ? 2 : 1)) return null;
  return (
    <Select
      quiet
      aria-label="Tenant"
      className="max-w-60"
      value={chosen.length === 1 ? (chosen[0] ?? "") : ""}
      options={[
        { value: "", label: chosen.length > 1 ? chosen.join(", ") : "All tenants" },
        ...offered.map((value) => ({ value, label: value })),
      ]}
      onChange={({ target }) => onChange(target.value ? [target.value] : [])}
    />
  );
}
