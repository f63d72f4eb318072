"use client";
import { useQuery } from "@tanstack/react-query";
import { Select } from "@/components/ui/form/select";
import { taskSuggestionsQuery } from "@/lib/query/tasks-suggestions";
import { useTenants } from "./tenants-provider";

/** One tenant, or all that may be seen. Where nothing belongs to a tenant there is nothing to choose. */
export function TenantFilter({
  chosen,
  onChange,
}: {
  chosen: readonly string[];
  onChange: (tenants: string[]) => void;
}) {
  const allowed = useTenants();
  const recent = useQuery({ ...taskSuggestionsQuery([]), enabled: allowed === null, retry: false });
  // What the address asks for is on offer, too, even if nothing recent has it.
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
