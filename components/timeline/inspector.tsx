"use client";
import type { ReactNode } from "react";
import { TaskPayload } from "@/components/payloads/task-payload";
import { AttemptLength } from "@/components/task/baseline";
import { CopyButton } from "@/components/ui/form/copy-button";
import { Icon } from "@/components/ui/icons/icon";
import { Dialog } from "@/components/ui/overlay/dialog";
import { useZone } from "@/components/ui/text/zone";
import { formatBytes } from "@/lib/format";
import type { TaskDetail } from "@/lib/model/task";
import { hasUserName, labelSpan, labelSpanKind } from "@/lib/timeline/labels";
import type { Lane, Span } from "@/lib/timeline/model";
import { useWide } from "./axis/use-wide";
import { ForkHere } from "./fork-here";
import { SpanFacts } from "./span-facts";
import { factsOf, type SpanFact } from "./span-words";

type Props = { detail: TaskDetail; lane: Lane; span: Span; onClose: () => void };

/** Everything about one span: beside the timeline, or as a sheet where there is no room beside it. */
export function Inspector(props: Props) {
  const wide = useWide();
  const title = <Title span={props.span} lane={props.lane} />;
  if (!wide)
    return (
      <Dialog title={title} onClose={props.onClose}>
        <Body {...props} />
      </Dialog>
    );
  return (
    <aside
      aria-label="Inspector"
      className="sticky top-0 hidden h-fit max-h-[calc(100dvh-44px)] w-84 shrink-0 flex-col overflow-y-auto border-l bg-surface wide:flex"
    >
      <header className="sticky top-0 flex items-center gap-1 border-line-subtle border-b bg-surface py-1.5 pr-2 pl-4">
        {title}
        <span className="ml-auto flex shrink-0">
          <CopyButton text={() => window.location.href} label="Copy a link to this" />
          <CloseButton onClose={props.onClose} />
        </span>
      </header>
      <Body {...props} />
    </aside>
  );
}

function Title({ span, lane }: { span: Span; lane: Lane }): ReactNode {
  return (
    <span className="min-w-0">
      <span className={hasUserName(span) ? "mono block truncate font-semibold" : "font-semibold"}>
        {labelSpan(span)}
      </span>
      <span className="block font-normal text-12 text-ink-3">
        {labelSpanKind(span)}, attempt {lane.attempt}
      </span>
    </span>
  );
}

function CloseButton({ onClose }: { onClose: () => void }) {
  return (
    <button
      type="button"
      aria-label="Close the inspector"
      onClick={onClose}
      className="grid size-6 place-items-center rounded-1 text-ink-3 hover:bg-active hover:text-ink"
    >
      <Icon name="x" size={14} />
    </button>
  );
}

function Body({ detail, lane, span }: Props) {
  const zone = useZone();
  const { task, checkpoints } = detail;
  const ahead = lane.spans.at(-1) === span ? (lane.ahead[0] ?? null) : null;
  const step = "step" in span ? span.step : null;
  const checkpoint = checkpoints.find(({ name }) => name === step);
  const run = detail.runs.find(({ runId }) => runId === lane.runId);
  return (
    <>
      <div className="py-3 wide:px-4">
        <SpanFacts facts={[...factsOf(span, ahead, zone), ...provenance(detail, lane, span)]} />
        {run?.startedAt && (run.completedAt ?? run.failedAt) && (
          <p className="mt-2 text-12">
            <span className="text-ink-3">Attempt {run.attempt}, since its last claim</span>{" "}
            <AttemptLength task={task} run={run} />
          </p>
        )}
      </div>
      {checkpoint && (
        <Section title="Recorded value" size={checkpoint.state?.bytes}>
          <TaskPayload
            queue={task.queue}
            taskId={task.taskId}
            of={{ of: "checkpoint", name: checkpoint.name }}
            payload={checkpoint.state}
            absent="SQL NULL: the step returned nothing"
          />
        </Section>
      )}
      <ForkHere detail={detail} step={checkpoint ? checkpoint.name : null} />
      {span.kind === "failure" && run?.failureReason && (
        <Section title="Error" size={run.failureReason.bytes}>
          <TaskPayload
            queue={task.queue}
            taskId={task.taskId}
            of={{ of: "failureReason", run: run.runId }}
            payload={run.failureReason}
          />
        </Section>
      )}
    </>
  );
}

function Section({
  title,
  size,
  children,
}: {
  title: string;
  size: number | undefined;
  children: ReactNode;
}) {
  return (
    <section className="-mx-4 border-line-subtle border-t wide:mx-0">
      <h2 className="flex items-baseline gap-2 px-4 pt-2 font-semibold">
        {title}
        {size !== undefined && (
          <span className="font-normal text-12 text-ink-3">{formatBytes(size)}</span>
        )}
      </h2>
      {children}
    </section>
  );
}

/** Who wrote the checkpoint, and which attempts reused it. */
function provenance({ runs, checkpoints }: TaskDetail, lane: Lane, span: Span): SpanFact[] {
  if (!("step" in span) || !checkpoints.some(({ name }) => name === span.step)) return [];
  const facts: SpanFact[] = [];
  if (span.kind !== "event-wait")
    facts.push(
      lane.worker
        ? { label: "Written by", value: lane.worker, note: `attempt ${lane.attempt}` }
        : {
            label: "Written by",
            value: `attempt ${lane.attempt}`,
            note: "its worker was not kept",
          },
    );
  const later = runs.filter((run) => run.attempt > lane.attempt && run.startedAt);
  const [first, last] = [later[0]?.attempt, later.at(-1)?.attempt];
  if (first !== undefined)
    facts.push({
      label: "Replayed in",
      value: first === last ? `attempt ${first}` : `attempts ${first} to ${last}`,
    });
  return facts;
}
