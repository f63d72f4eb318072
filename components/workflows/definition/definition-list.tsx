"use client";
import type { UseQueryResult } from "@tanstack/react-query";
import { LiveData } from "@/components/layout/live/live-data";
import { workflowDefinitionPath } from "@/components/layout/paths";
import { Table, Td, Th } from "@/components/ui/data/table";
import { EmptyState } from "@/components/ui/feedback/empty-state";
import { SkeletonRows } from "@/components/ui/feedback/skeleton";
import { Badge } from "@/components/ui/text/badge";
import { NoValue } from "@/components/ui/text/count";
import { Link } from "@/components/ui/text/link";
import { RelativeTime } from "@/components/ui/text/relative-time";
import type { WorkflowDefinitionList, WorkflowDefinitionSummary } from "@/lib/model/workflow";
import { serializeWorkflowFilters } from "@/lib/search-params/workflows";
import { StartButton } from "../start/start-button";

/** The stored definitions by name, newest version first. */
export function DefinitionList({ query }: { query: UseQueryResult<WorkflowDefinitionList> }) {
  return (
    <div className="min-h-0 flex-1 overflow-auto short:flex-none">
      <LiveData every={null} query={query} skeleton={<SkeletonRows rows={12} columns={5} />}>
        {({ definitions, installed, truncated }) =>
          definitions.length > 0 ? (
            <>
              <Table>
                <thead className="bg-canvas">
                  <tr>
                    <Th className="pl-4!">Workflow</Th>
                    <Th>Version</Th>
                    <Th>Runs</Th>
                    <Th className="max-wide:hidden">Hash</Th>
                    <Th>Tenant</Th>
                    <Th className="max-wide:hidden">Format</Th>
                    <Th className="max-wide:hidden">Stored</Th>
                    <Th className="max-wide:hidden">Created by</Th>
                    <Th className="relative pr-4!">
                      <span className="sr-only">Start</span>
                    </Th>
                  </tr>
                </thead>
                <tbody>
                  {definitions.map((definition, index) => (
                    <Row
                      key={definition.definitionId}
                      definition={definition}
                      first={definitions[index - 1]?.name !== definition.name}
                    />
                  ))}
                </tbody>
              </Table>
              {truncated && (
                <p className="px-4 py-2 text-12 text-ink-3">
                  Showing the newest {definitions.length}.
                </p>
              )}
            </>
          ) : (
            <EmptyState icon="file-code" title="No definitions stored">
              {installed ? (
                <>
                  Runs show their tasks and timeline without one; the graph needs the definition in{" "}
                  <code className="mono">workflow_definition</code> or in the root task’s params.
                </>
              ) : (
                <>
                  The table <code className="mono">public.workflow_definition</code> does not exist.
                  Install it with <code className="mono">absurd-dashboard migrate</code>.
                </>
              )}
            </EmptyState>
          )
        }
      </LiveData>
    </div>
  );
}

/** One version. Only the first row of a name shows the name. */
function Row({ definition, first }: { definition: WorkflowDefinitionSummary; first: boolean }) {
  const {
    definitionId,
    name,
    version,
    hash,
    tenantId,
    isPaused,
    sourceFormat,
    createdBy,
    createdAt,
  } = definition;
  return (
    <tr className="hover:bg-hover">
      <Td
        dir="auto"
        className="relative max-w-44 truncate pl-4! font-medium wide:max-w-80"
        data-tip={name}
      >
        {first ? name : <span className="sr-only">{name}</span>}
      </Td>
      <Td>
        <Link
          href={workflowDefinitionPath(definitionId)}
          className="inline-block max-w-40 truncate align-bottom font-medium text-accent-text hover:underline"
          aria-label={`${name} ${version}`}
          data-tip={`Open ${name} ${version}`}
        >
          {version}
        </Link>{" "}
        {isPaused && <Badge tone="warning">paused</Badge>}
      </Td>
      <Td>
        <Link
          href={`/workflows${serializeWorkflowFilters({ name: [name], version: [version] })}`}
          className="text-ink-2 hover:text-accent-text hover:underline"
          aria-label={`Runs of ${name} ${version}`}
        >
          Runs
        </Link>
      </Td>
      <Td className="max-wide:hidden">
        {hash === null ? (
          <NoValue />
        ) : (
          <code className="mono text-ink-2" data-tip={hash}>
            {hash.slice(0, 12)}
          </code>
        )}
      </Td>
      <Td className="max-w-40 truncate" data-tip={tenantId ?? undefined}>
        {tenantId ?? <NoValue />}
      </Td>
      <Td className="max-wide:hidden">{sourceFormat ?? <NoValue />}</Td>
      <Td className="max-wide:hidden">
        {createdAt === null ? <NoValue /> : <RelativeTime iso={createdAt} />}
      </Td>
      <Td className="max-w-40 truncate max-wide:hidden" data-tip={createdBy ?? undefined}>
        {createdBy ?? <NoValue />}
      </Td>
      <Td className="relative py-1 pr-4! text-right wide:py-0">
        <StartButton
          isSmall
          isPaused={isPaused}
          definitionId={definitionId}
          of={`${name} ${version}`}
        />
      </Td>
    </tr>
  );
}
