import { usePageTitle } from "@/components/layout/frame/page-title";
import { Fact, Facts } from "@/components/ui/data/facts";
import { buttonClass } from "@/components/ui/form/button";
import { CopyButton } from "@/components/ui/form/copy-button";
import { Icon } from "@/components/ui/icons/icon";
import { Badge } from "@/components/ui/text/badge";
import { Link } from "@/components/ui/text/link";
import { RelativeTime } from "@/components/ui/text/relative-time";
import type { WorkflowDefinitionDetail } from "@/lib/model/workflow";
import { serializeWorkflowFilters } from "@/lib/search-params/workflows";
import { StartButton } from "../start/start-button";

/** Name, version, origin and actions of a definition. */
export function DefinitionHeader({ definition }: { definition: WorkflowDefinitionDetail }) {
  const { definitionId, name, version, isPaused } = definition;
  usePageTitle(`${name} ${version}${isPaused ? " · paused" : ""}`);
  return (
    <header className="flex shrink-0 flex-col gap-3 border-b px-3 pt-3 pb-3 wide:px-4">
      <div className="flex flex-wrap items-start gap-2">
        <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-2.5 gap-y-1">
          <h1
            data-tip={name}
            className="line-clamp-2 min-w-0 break-all font-semibold text-20 tracking-tight"
          >
            {name}
          </h1>
          <span
            className="inline-flex min-w-0 max-w-full wide:max-w-80 [&>*]:block [&>*]:truncate"
            data-tip={version}
          >
            <Badge>{version}</Badge>
          </span>
          {isPaused && <Badge tone="warning">paused</Badge>}
          <span className="flex min-w-0 items-center text-ink-2">
            <code className="mono truncate">{definitionId}</code>
            <CopyButton text={definitionId} label="Copy definition id" />
          </span>
        </div>
        <Link
          href={`/workflows${serializeWorkflowFilters({ name: [name], version: [version] })}`}
          className={buttonClass()}
        >
          <Icon name="workflow" size={14} />
          Runs
        </Link>
        <StartButton isPaused={isPaused} definitionId={definitionId} of={`${name} ${version}`} />
      </div>
      <DefinitionFacts definition={definition} />
    </header>
  );
}

function DefinitionFacts({ definition }: { definition: WorkflowDefinitionDetail }) {
  const { hash, tenantId, sourceFormat, createdBy, createdAt } = definition;
  return (
    <Facts>
      {createdAt !== null && (
        <Fact label="Stored">
          <RelativeTime iso={createdAt} />
        </Fact>
      )}
      {createdBy !== null && (
        <Fact label="Created by">
          <span className="block max-w-60 truncate" data-tip={createdBy}>
            {createdBy}
          </span>
        </Fact>
      )}
      {sourceFormat !== null && <Fact label="Format">{sourceFormat}</Fact>}
      {hash !== null && (
        <Fact label="Hash">
          <code className="mono" data-tip={hash}>
            {hash.slice(0, 12)}
          </code>
        </Fact>
      )}
      {tenantId !== null && (
        <Fact label="Tenant">
          <span className="block max-w-60 truncate" data-tip={tenantId}>
            {tenantId}
          </span>
        </Fact>
      )}
    </Facts>
  );
}
