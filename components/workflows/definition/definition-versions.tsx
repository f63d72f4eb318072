import { workflowDefinitionPath } from "@/components/layout/paths";
import { Table, Td, Th } from "@/components/ui/data/table";
import { Badge } from "@/components/ui/text/badge";
import { NoValue } from "@/components/ui/text/count";
import { Link } from "@/components/ui/text/link";
import { RelativeTime } from "@/components/ui/text/relative-time";
import { cn } from "@/lib/cn";
import type { WorkflowDefinitionDetail } from "@/lib/model/workflow";

/** All stored versions of the definition, with links. */
export function DefinitionVersions({
  definition: { definitionId, versions },
}: {
  definition: WorkflowDefinitionDetail;
}) {
  return (
    <Table>
      <thead className="bg-canvas">
        <tr>
          <Th className="pl-4!">Version</Th>
          <Th>Hash</Th>
          <Th>Stored</Th>
          <Th>Created by</Th>
        </tr>
      </thead>
      <tbody>
        {versions.map((one) => {
          const isShown = one.definitionId === definitionId;
          return (
            <tr
              key={one.definitionId}
              className={cn("hover:bg-hover", isShown && "bg-accent-soft")}
            >
              <Td className="pl-4!">
                <Link
                  href={workflowDefinitionPath(one.definitionId)}
                  aria-current={isShown ? "page" : undefined}
                  data-tip={one.version}
                  className="inline-block max-w-48 truncate align-middle font-medium leading-6 hover:text-accent-text hover:underline"
                >
                  {one.version}
                </Link>{" "}
                {one.isPaused && <Badge tone="warning">paused</Badge>}
              </Td>
              <Td>
                {one.hash === null ? (
                  <NoValue />
                ) : (
                  <code className="mono text-ink-2" data-tip={one.hash}>
                    {one.hash.slice(0, 12)}
                  </code>
                )}
              </Td>
              <Td>{one.createdAt === null ? <NoValue /> : <RelativeTime iso={one.createdAt} />}</Td>
              <Td className="max-w-40 truncate" data-tip={one.createdBy ?? undefined}>
                {one.createdBy ?? <NoValue />}
              </Td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}
