"use client";
import { useQuery } from "@tanstack/react-query";
import { useQueryStates } from "nuqs";
import { NotInstalled } from "@/components/audit/not-installed";
import { PagedList } from "@/components/layout/list/paged-list";
import { neverDue, polled } from "@/components/layout/live/polling";
import { bulkPath } from "@/components/layout/paths";
import { useRefreshInterval } from "@/components/layout/preferences/preferences-provider";
import { TenantFilter } from "@/components/tenants/tenant-filter";
import { Table, Td, Th } from "@/components/ui/data/table";
import { EmptyState } from "@/components/ui/feedback/empty-state";
import { buttonClass } from "@/components/ui/form/button";
import { NoValue, NumberText } from "@/components/ui/text/count";
import { Link } from "@/components/ui/text/link";
import { RelativeTime } from "@/components/ui/text/relative-time";
import type { BulkOperation } from "@/lib/analytics/bulk";
import { plural } from "@/lib/format";
import { bulkListQuery } from "@/lib/query/bulk";
import { bulkSearchParams } from "@/lib/search-params/bulk";
import { BulkProgress, BulkStateLabel } from "./bulk-status";
import { BULK_WORDS } from "./bulk-words";

/** All bulk operations, newest first. */
export function BulkList() {
  const [filters, setInUrl] = useQueryStates(bulkSearchParams, { history: "push" });
  const refetchInterval = polled(useRefreshInterval(), neverDue);
  const query = useQuery({ ...bulkListQuery(filters), refetchInterval });
  return (
    <PagedList
      title="Bulk operations"
      bar={
        <div className="px-3 not-empty:py-3 wide:px-4">
          <TenantFilter
            chosen={filters.tenant}
            onChange={(tenant) => setInUrl({ tenant, cursor: null })}
          />
        </div>
      }
      query={query}
      cursor={filters.cursor}
      onTurn={(cursor) => setInUrl({ cursor })}
      note={({ rows }) => `Newest first · ${plural(rows.length, "operation")} on this page`}
      columns={6}
    >
      {({ rows, installed }) =>
        !installed ? (
          <NotInstalled title="Bulk operations not installed">
            Bulk operations need the dashboard’s own tables, which this database does not have.
          </NotInstalled>
        ) : rows.length > 0 ? (
          <Operations rows={rows} />
        ) : (
          <EmptyState
            icon="layers"
            title={
              filters.tenant.length > 0 ? "No bulk operation matches" : "No bulk operations yet"
            }
            actions={
              <Link href="/tasks" className={buttonClass("primary")}>
                Go to tasks
              </Link>
            }
          >
            Select tasks in a list, or use all that match its filters, to cancel, retry or run them
            again.
          </EmptyState>
        )
      }
    </PagedList>
  );
}

function Operations({ rows }: { rows: readonly BulkOperation[] }) {
  const tenants = rows.some((row) => row.tenants !== null);
  return (
    <Table className="min-w-[640px] wide:min-w-[860px]">
      <thead className="sticky top-0 z-10 bg-canvas">
        <tr>
          <Th className="pl-4!">Action</Th>
          <Th>State</Th>
          <Th className="hidden w-[24%] wide:table-cell">Progress</Th>
          <Th numeric>Tasks</Th>
          <Th numeric>Succeeded</Th>
          <Th numeric>Skipped</Th>
          <Th numeric>Failed</Th>
          {tenants && <Th className="hidden pl-5 xwide:table-cell">Tenant</Th>}
          <Th className="pl-5">Operator</Th>
          <Th className="pr-4!">Started</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((operation) => (
          <tr key={operation.bulkId} className="relative hover:bg-hover">
            <Td className="pl-4!">
              <Link
                data-row
                href={bulkPath(operation.bulkId)}
                className="font-medium after:absolute after:inset-0"
              >
                {BULK_WORDS[operation.action].label}
              </Link>
            </Td>
            <Td>
              <BulkStateLabel state={operation.state} />
            </Td>
            <Td className="hidden wide:table-cell">
              <BulkProgress operation={operation} />
            </Td>
            <Td numeric>
              <NumberText value={operation.collected} />
            </Td>
            <Td numeric>
              <NumberText value={operation.done} />
            </Td>
            <Td numeric>
              <NumberText value={operation.skipped} />
            </Td>
            <Td numeric>
              <NumberText value={operation.failed} tone="bad" />
            </Td>
            {tenants && (
              <Td className="hidden max-w-32 truncate pl-5 text-ink-2 xwide:table-cell">
                {operation.tenants?.join(", ") ?? <NoValue />}
              </Td>
            )}
            <Td dir="auto" className="max-w-40 truncate pl-5">
              {operation.operator}
            </Td>
            <Td className="pr-4!">
              <RelativeTime iso={operation.createdAt} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
