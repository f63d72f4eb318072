"use client";
import { useQuery } from "@tanstack/react-query";
import { useQueryStates } from "nuqs";
import { PagedList } from "@/components/layout/list/paged-list";
import { neverDue, polled } from "@/components/layout/live/polling";
import { useRefreshInterval } from "@/components/layout/preferences/preferences-provider";
import { Table, Th } from "@/components/ui/data/table";
import { EmptyState } from "@/components/ui/feedback/empty-state";
import { Button } from "@/components/ui/form/button";
import type { AuditEntry } from "@/lib/analytics/audit";
import { plural } from "@/lib/format";
import { auditQuery } from "@/lib/query/audit";
import {
  type AuditFilters,
  auditFilters,
  auditSearchParams,
  foldBulk,
} from "@/lib/search-params/audit";
import { AuditFilterBar } from "./audit-filter-bar";
import { AuditRow } from "./audit-row";
import { NotInstalled } from "./not-installed";

/** Actions taken in this dashboard: who, when, what, target, reason and outcome. */
export function AuditList() {
  const { filters, narrow, turnTo, clear } = useAuditFilters();
  const refetchInterval = polled(useRefreshInterval(), neverDue);
  const query = useQuery({ ...auditQuery(foldBulk(filters)), refetchInterval });
  return (
    <PagedList
      title="Audit"
      bar={
        <AuditFilterBar
          filters={filters}
          onChange={narrow}
          onClear={isNarrowed(filters) ? clear : undefined}
        />
      }
      query={query}
      cursor={filters.cursor}
      onTurn={turnTo}
      note={({ rows }) => `Newest first · ${plural(rows.length, "entry", "entries")} on this page`}
      columns={6}
    >
      {({ rows, installed }) =>
        !installed ? (
          <NotInstalled title="Audit log not installed">
            Actions work but are not recorded.
          </NotInstalled>
        ) : rows.length > 0 ? (
          <Entries rows={rows} />
        ) : (
          <NoEntries narrowed={isNarrowed(filters)} onClear={clear} />
        )
      }
    </PagedList>
  );
}

function Entries({ rows }: { rows: readonly AuditEntry[] }) {
  const tenants = rows.some((row) => row.tenants !== null);
  return (
    <Table className="min-w-[900px]">
      <thead className="sticky top-0 z-10 bg-canvas">
        <tr>
          <Th className="w-8 pl-4!">
            <span className="sr-only">Details</span>
          </Th>
          <Th className="w-48">When</Th>
          <Th>Operator</Th>
          <Th>Action</Th>
          <Th>Target</Th>
          {tenants && <Th className="hidden xwide:table-cell">Tenant</Th>}
          <Th className="w-28">Outcome</Th>
          <Th className="w-[30%] pr-4!">Reason</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((entry) => (
          <AuditRow key={entry.auditId} entry={entry} tenants={tenants} />
        ))}
      </tbody>
    </Table>
  );
}

function NoEntries({ narrowed, onClear }: { narrowed: boolean; onClear: () => void }) {
  if (narrowed)
    return (
      <EmptyState
        icon="scroll-text"
        title="No entry matches"
        actions={
          <Button variant="primary" onClick={onClear}>
            Remove all filters
          </Button>
        }
      >
        Only actions taken in this dashboard are recorded, not those of programs.
      </EmptyState>
    );
  return (
    <EmptyState icon="scroll-text" title="No actions yet">
      Every action taken here is recorded, including refused ones.
    </EmptyState>
  );
}

/** The filters from the URL. */
function useAuditFilters() {
  const [filters, setInUrl] = useQueryStates(auditSearchParams, { history: "push" });
  return {
    filters,
    /** Changes filters and returns to the newest page. */
    narrow: (change: Partial<AuditFilters>) => setInUrl({ cursor: null, ...change }),
    turnTo: (cursor: string | null) => setInUrl({ cursor }),
    clear: () => setInUrl({ ...auditFilters(), limit: filters.limit }),
  };
}

/** Whether any filter is set. */
function isNarrowed({ cursor: _, limit: __, fold: ___, ...filters }: AuditFilters): boolean {
  return Object.values(filters).some((value) =>
    Array.isArray(value) ? value.length > 0 : value !== null,
  );
}
