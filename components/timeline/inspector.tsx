"use client";
import { type ReactNode, useState } from "react";
import { TaskPayload } from "@/components/payloads/task-payload";
import { RunError } from "@/components/task/attempts/run-error";
import { AttemptDuration } from "@/components/task/baseline";
import { forkableSteps } from "@/components/tasks/actions/availability";
import { ScrollBox } from "@/components/ui/data/scroll-box";
import { lazyDialog, onIntent } from "@/components/ui/feedback/lazy";
import { Button } from "@/components/ui/form/button";
import { CopyButton } from "@/components/ui/form/copy-button";
import { Icon } from "@/components/ui/icons/icon";
import { Dialog } from "@/components/ui/overlay/dialog";
import { useZone } from "@/components/ui/text/zone";
import { formatSize, plural } from "@/lib/format";
import type { Payload } from "@/lib/model/json";
import type { TaskDetail } from "@/lib/model/task";
import { hasUserName, labelSpan, labelSpanKind } from "@/lib/timeline/labels";
import type { Lane, Span } from "@/lib/timeline/model";
import { useWide } from "./axis/use-wide";
import { SpanFacts } from "./span-facts";
import { listSpanFacts, type SpanFact } from "./span-text";

const ForkDialog = lazyDialog(() =>
  import("@/components/tasks/actions/fork-dialog").then((m) => m.ForkDialog),
);

type Props = { detail: TaskDetail; lane: Lane; span: Span; onClose: () => void };

/** Details of one span, beside the timeline or as a sheet on narrow screens. */
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
    <aside aria-label="Inspector" className="hidden w-84 shrink-0 border-l bg-surface wide:block">
      <div className="sticky top-0 max-h-[calc(100dvh-44px)] overflow-y-auto">
        <header className="sticky top-0 flex items-center gap-1 border-line-subtle border-b bg-surface py-1.5 pr-2 pl-4">
          {title}
          <span className="ml-auto flex shrink-0">
            <CopyButton text={() => window.location.href} label="Copy link to this span" />
            <CloseButton onClose={props.onClose} />
          </span>
        </header>
        <Body {...props} />
      </div>
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
      aria-label="Close inspector"
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
        <SpanFacts
          facts={[...listSpanFacts(span, ahead, zone), ...listProvenance(detail, lane, span)]}
        />
        {run?.startedAt && (run.completedAt ?? run.failedAt) && (
          <p className="mt-2 text-12">
            <span className="text-ink-3">Attempt {run.attempt}, from its last claim</span>{" "}
            <AttemptDuration task={task} run={run} />
          </p>
        )}
      </div>
      {checkpoint && (
        <Section title="Stored value" value={checkpoint.state}>
          <TaskPayload
            queue={task.queue}
            taskId={task.taskId}
            of={{ of: "checkpoint", name: checkpoint.name }}
            payload={checkpoint.state}
            absent="SQL NULL: the step returned no value"
          />
        </Section>
      )}
      <ForkHere detail={detail} step={checkpoint ? checkpoint.name : null} />
      {span.kind === "failure" && run && <ErrorSection title="Error" detail={detail} run={run} />}
    </>
  );
}

/**
 * What an operator looks up first, beside a timeline without a selected span: the latest error of a task that has not
 * completed, the result of one that has, and the params.
 */
export function TaskValues({ detail }: { detail: TaskDetail }) {
  const { queue, taskId, state, params, result } = detail.task;
  const isCompleted = state === "completed";
  const failed = isCompleted ? undefined : detail.runs.findLast((run) => run.failureReason);
  return (
    <section aria-label="Error, result and params" className="w-84 shrink-0 border-l huge:w-120">
      <ScrollBox className="sticky top-0 max-h-[calc(100dvh-44px)] overflow-y-auto [&>section:first-child]:border-t-0">
        {failed && (
          <ErrorSection title={`Error of attempt ${failed.attempt}`} detail={detail} run={failed} />
        )}
        {isCompleted && (
          <Section title="Result" value={result}>
            <TaskPayload
              queue={queue}
              taskId={taskId}
              of={{ of: "result" }}
              payload={result}
              absent="SQL NULL: the task returned no value"
            />
          </Section>
        )}
        <Section title="Params" value={params}>
          <TaskPayload
            queue={queue}
            taskId={taskId}
            of={{ of: "params" }}
            payload={params}
            absent="none"
          />
        </Section>
      </ScrollBox>
    </section>
  );
}

/** The error of an attempt; of one too large for the page, its beginning and a way to load it. */
function ErrorSection({
  title,
  detail: { task },
  run: { runId, failureReason },
}: {
  title: string;
  detail: TaskDetail;
  run: TaskDetail["runs"][number];
}) {
  if (failureReason === null) return null;
  return (
    <Section title={title} value={failureReason}>
      <div className="px-4 py-2">
        <RunError reason={failureReason} />
      </div>
      {failureReason.text === undefined && (
        <TaskPayload
          queue={task.queue}
          taskId={task.taskId}
          of={{ of: "failureReason", run: runId }}
          payload={failureReason}
        />
      )}
    </Section>
  );
}

/** Opens the fork dialog at this step; renders nothing for a span without a stored step. */
function ForkHere({ detail, step }: { detail: TaskDetail; step: string | null }) {
  const [open, setOpen] = useState(false);
  const at = step === null ? -1 : forkableSteps(detail).indexOf(step);
  if (step === null || at < 0) return null;
  return (
    <footer className="-mx-4 flex flex-wrap items-center gap-x-3 gap-y-1 border-line-subtle border-t px-4 py-3 wide:mx-0">
      <Button {...onIntent(ForkDialog.preload)} onClick={() => setOpen(true)}>
        <Icon name="git-fork" size={14} />
        Fork from here
      </Button>
      <span className="text-12 text-ink-3">
        {at === 0
          ? "New task from the first step (nothing copied)"
          : `New task with ${plural(at, "step")} copied`}
      </span>
      {open && <ForkDialog detail={detail} from={step} onClose={() => setOpen(false)} />}
    </footer>
  );
}

function Section({
  title,
  value,
  children,
}: {
  title: string;
  value: Payload;
  children: ReactNode;
}) {
  return (
    <section className="-mx-4 border-line-subtle border-t wide:mx-0">
      <h2 className="flex items-baseline gap-2 px-4 pt-2 font-semibold">
        {title}
        {value !== null && (
          <span className="font-normal text-12 text-ink-3">{formatSize(value)}</span>
        )}
      </h2>
      {children}
    </section>
  );
}

/** Which worker wrote the checkpoint, and which attempts reused it. */
function listProvenance({ runs, checkpoints }: TaskDetail, lane: Lane, span: Span): SpanFact[] {
  if (!("step" in span) || !checkpoints.some(({ name }) => name === span.step)) return [];
  const facts: SpanFact[] = [];
  if (span.kind !== "event-wait")
    facts.push(
      lane.worker
        ? { label: "Written by", value: lane.worker, note: `attempt ${lane.attempt}` }
        : {
            label: "Written by",
            value: `attempt ${lane.attempt}`,
            note: "worker not recorded",
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
