"use client";
import { useState } from "react";
import { formatStateTitle, usePageTitle } from "@/components/layout/frame/page-title";
import { queueTasksPath, workflowDefinitionPath, workflowRunPath } from "@/components/layout/paths";
import { useDenied } from "@/components/layout/session/access-provider";
import { PermittedButton } from "@/components/layout/session/permitted-button";
import { Fact, Facts } from "@/components/ui/data/facts";
import { lazyDialog, onIntent } from "@/components/ui/feedback/lazy";
import { CopyButton } from "@/components/ui/form/copy-button";
import { useHotkeys } from "@/components/ui/form/hotkeys";
import { Icon } from "@/components/ui/icons/icon";
import { Badge } from "@/components/ui/text/badge";
import { Kbd } from "@/components/ui/text/kbd";
import { Link } from "@/components/ui/text/link";
import { AbsoluteTime, RelativeTime } from "@/components/ui/text/relative-time";
import type { RunDefinitionView } from "@/lib/analytics/workflow-views";
import { formatCount, formatNumber, formatShortId } from "@/lib/format";
import type { RunView } from "@/lib/highway/view/run-view";
import { isActive } from "@/lib/model/states";
import type { RunDefinition } from "@/lib/model/workflow";
import { RunDuration } from "../list/run-duration";
import { RunStatusBadge } from "../status";
import { Tags } from "../tags";
import { RunAgainButton, RunVerdict } from "./run-verdict";

const CancelRunDialog = lazyDialog(() =>
  import("./cancel-run-dialog").then((m) => m.CancelRunDialog),
);

/** Name, status, verdict, facts and actions of a run. */
export function RunHeader({
  view,
  definition,
}: {
  view: RunView;
  definition: RunDefinitionView | null | undefined;
}) {
  const [cancelling, setCancelling] = useState(false);
  const { run } = view;
  usePageTitle(formatStateTitle(run.name, run.status));
  const ended = ["completed", "failed", "cancelled"].includes(run.storedStatus);
  const open = !ended || view.tasks.some(({ detail: { task } }) => isActive(task.state));
  const denied = useDenied("cancel workflow run");
  const cancel = open ? () => setCancelling(true) : undefined;
  useHotkeys({ c: denied ? undefined : cancel });
  return (
    <header className="flex shrink-0 flex-col gap-3 border-b px-3 pt-3 pb-3 wide:px-4">
      <div className="flex flex-wrap items-start gap-2">
        <div className="flex min-w-0 grow basis-full flex-wrap items-center gap-x-2.5 gap-y-1 wide:basis-0">
          <h1
            data-tip={run.name}
            className="line-clamp-2 min-w-0 break-all font-semibold text-20 tracking-tight"
          >
            {run.name}
          </h1>
          <RunStatusBadge run={run} />
          <span
            className="inline-flex min-w-0 max-w-full wide:max-w-80 [&>*]:block [&>*]:truncate"
            data-tip={run.version}
          >
            <Badge>{run.version}</Badge>
          </span>
          <span className="flex min-w-0 items-center text-ink-2">
            <code className="mono truncate">{run.workflowRunId}</code>
            <CopyButton text={run.workflowRunId} label="Copy workflow run id" />
          </span>
        </div>
        <div className="flex grow gap-2 empty:hidden wide:grow-0 [&>button]:flex-1 wide:[&>button]:flex-none">
          {run.definitionId !== null && (
            <RunAgainButton view={view} definitionId={run.definitionId} />
          )}
          {cancel && (
            <PermittedButton
              permission="cancel workflow run"
              {...onIntent(CancelRunDialog.preload)}
              variant="danger"
              onClick={cancel}
            >
              <Icon name="ban" size={14} />
              Cancel <Kbd>c</Kbd>
            </PermittedButton>
          )}
        </div>
      </div>
      <RunVerdict view={view} />
      <RunFacts view={view} definition={definition} />
      {cancelling && (
        <CancelRunDialog
          workflowRunId={run.workflowRunId}
          name={run.name}
          onClose={() => setCancelling(false)}
        />
      )}
    </header>
  );
}

const SOURCES: Record<RunDefinition["source"], string> = {
  definition_id: "stored with the run",
  hash: "stored, same hash",
  params: "from the root task's params",
  name_and_version: "same name and version (uncertain)",
};

/** Where the definition comes from, with a link if it is stored. */
function DefinitionSource({ definition }: { definition: RunDefinitionView | null | undefined }) {
  if (!definition) return definition === null ? "not stored" : "…";
  const { definitionId, source } = definition;
  if (definitionId === null) return SOURCES[source];
  return (
    <Link href={workflowDefinitionPath(definitionId)} className="text-accent-text hover:underline">
      <span className="sr-only">Definition, </span>
      {SOURCES[source]}
    </Link>
  );
}

function RunFacts({
  view,
  definition,
}: {
  view: RunView;
  definition: RunDefinitionView | null | undefined;
}) {
  const { run, linked } = view;
  return (
    <Facts>
      {run.queue !== null && (
        <Fact label="Queue">
          <Link href={queueTasksPath(run.queue)} className="text-accent-text hover:underline">
            {run.queue}
          </Link>
        </Fact>
      )}
      <Fact label="Tasks">
        {run.taskCount === null ? (
          formatCount(linked)
        ) : (
          <span data-tip="The stored count is the workflow's own: Highway counts the operators that ran">
            {formatCount(linked)} found, {formatNumber(run.taskCount)} stored
          </span>
        )}
      </Fact>
      {run.createdBy !== null && (
        <Fact label="Created by">
          <span dir="auto" className="block max-w-60 truncate" data-tip={run.createdBy}>
            {run.createdBy}
          </span>
        </Fact>
      )}
      {run.tags !== null && (
        <Fact label="Tags">
          <Tags tags={run.tags} />
        </Fact>
      )}
      {run.hash !== null && (
        <Fact label="Hash">
          <code className="mono" data-tip={run.hash}>
            {run.hash.slice(0, 12)}
          </code>
        </Fact>
      )}
      <Fact label="Definition">
        <DefinitionSource definition={definition} />
      </Fact>
      {run.createdAt && (
        <Fact label="Created">
          <RelativeTime iso={run.createdAt} />
        </Fact>
      )}
      {run.startedAt && (
        <Fact label="Started">
          <RelativeTime iso={run.startedAt} />
        </Fact>
      )}
      {view.deadline !== null && (
        <Fact label="Deadline">
          <AbsoluteTime iso={view.deadline} />
        </Fact>
      )}
      <Fact label="Duration">
        <RunDuration run={run} />
      </Fact>
      {run.tenantId !== null && (
        <Fact label="Tenant">
          <span dir="auto" className="block max-w-60 truncate" data-tip={run.tenantId}>
            {run.tenantId}
          </span>
        </Fact>
      )}
      {run.parentWorkflowRunId !== null && (
        <Fact label="Parent run">
          <Link
            href={workflowRunPath(run.parentWorkflowRunId)}
            className="mono text-accent-text hover:underline"
          >
            {formatShortId(run.parentWorkflowRunId)}
          </Link>
        </Fact>
      )}
    </Facts>
  );
}
