"use client";
import { useTenants } from "@/components/tenants/tenants-provider";
import { EmptyState } from "@/components/ui/feedback/empty-state";
import { Button } from "@/components/ui/form/button";
import type { EventFilters } from "@/lib/search-params/events";

/** Nothing to list, and what to do about it. */
export function NoEvents({ filters, onReset }: { filters: EventFilters; onReset: () => void }) {
  const tenants = useTenants();
  if (filters.name === null && filters.state.length + filters.tenant.length === 0) {
    return (
      <EmptyState icon="zap" title={tenants ? "No event is waited for" : "No event yet"}>
        {tenants
          ? `An event shows here as long as a task of ${tenants.join(" or ")} waits for it.`
          : "An event shows here when it is emitted, or as soon as a task waits for it."}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon="zap"
      title="No event matches"
      actions={
        <Button variant="primary" onClick={onReset}>
          Remove all filters
        </Button>
      }
    >
      Names are matched from their beginning, as written.
    </EmptyState>
  );
}
