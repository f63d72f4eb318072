import type { Pausing } from "../../model/work/turns.ts";
import type { WorkflowRunDetail } from "../../model/workflow.ts";
import { hasUserName, labelSpan } from "../../timeline/labels.ts";
import type { Lane, Span } from "../../timeline/model.ts";
import { describeStep, type StepDescription, shorten } from "./describe-step.ts";
import { isInterpreted, type TaskHistory } from "./records.ts";
import { findOwner, isDeadlineEntry, type Resolve } from "./resolve-step.ts";

/** The text beside a span of the timeline, and the operator that the span belongs to. */
export type Annotation = {
  title: string;
  /** Whether the title is a name that the workflow's author chose, not a word for a kind of time. */
  isNamed: boolean;
  path: string | null;
  isBookkeeping: boolean;
  /** The error of a failed attempt, or the event that is awaited. */
  more: string | null;
};

/** A task of a run: its timeline with failed attempts as failures, and an annotation for each span. */
export type AnnotatedTask = TaskHistory & {
  isRoot: boolean;
  /** What it executes, by its path in the run; empty for the root; for a task that is not a part, its name. */
  part: string;
  path: string | null;
  /** The part of the workflow that it executes, or its name. */
  title: string;
  /** By the span's id. */
  annotations: Readonly<Record<string, Annotation>>;
};

const DEADLINE: StepDescription = { words: "deadline of the run is set", isBookkeeping: true };

/**
 * In milliseconds. A bookkeeping entry that took longer is always shown, because something else happened in that
 * time.
 */
const LONG_MS = 1_000;

/** The event that a part of a workflow emits at its end; it contains the part's path. */
const PART_EVENT = /^hw:[0-9a-f-]{36}:(.+)$/s;

/** Annotates the spans of all tasks of a run. */
export function* annotateTasks(
  histories: readonly TaskHistory[],
  detail: WorkflowRunDetail,
  resolve: Resolve,
): Pausing<AnnotatedTask[]> {
  const { rootTaskId } = detail.run;
  const interpreted = isInterpreted(detail);
  const annotated: AnnotatedTask[] = [];
  for (const history of histories) {
    yield;
    const { task, checkpoints } = history.detail;
    const isRoot = task.taskId === rootTaskId;
    const part = isRoot ? "" : findOwner(history.detail, detail);
    const path = (!isRoot && resolve(part)?.path) || null;
    const within = path ? part : "";
    const states = new Map(checkpoints.map(({ name, state }) => [name, state]));
    const values = detail.records[task.taskId]?.values;
    const annotations: Record<string, Annotation> = {};
    const annotate = (span: Span): Span => {
      const step = "step" in span ? resolve(span.step) : undefined;
      const isDeadline =
        interpreted && isRoot && "step" in span && !step && isDeadlineEntry(span.step);
      const entry = interpreted && step && "step" in span ? span.step : undefined;
      const description =
        entry !== undefined && step
          ? describeStep(
              entry,
              step,
              { state: states.get(entry) ?? null, recorded: values?.[entry] },
              within,
            )
          : isDeadline
            ? DEADLINE
            : undefined;
      // A wait or a pause deserves its own row; only the step that records it is bookkeeping.
      const isNote = description?.isBookkeeping === true && span.kind === "step";
      annotations[span.id] = {
        title: titleIn(within, span, description?.words),
        isNamed: hasUserName(span),
        path: step?.path ?? path,
        isBookkeeping: isNote && span.to - span.from < LONG_MS,
        more: description?.failure
          ? formatFailure(description.failure)
          : findEvent(span, description),
      };
      return description?.failure ? toFailure(span, description.failure) : span;
    };
    const lanes = history.timeline.lanes.map(
      (lane): Lane => ({ ...lane, spans: lane.spans.map(annotate) }),
    );
    const title = path ? part : task.name;
    annotated.push({
      ...history,
      timeline: { ...history.timeline, lanes },
      isRoot,
      part,
      path,
      title,
      annotations,
    });
  }
  return annotated;
}

/** The interpreter records a failed attempt as an ordinary step; the timeline shows it as a failure. */
function toFailure(
  { id, from, to, start, end }: Span,
  { type, message }: { type: string; message: string },
): Span {
  return { kind: "failure", error: { name: type, message }, id, from, to, start, end };
}

function formatFailure({ type, message }: { type: string; message: string }): string {
  return `${type}: ${message}`;
}

/** The event of a wait whose title is its operator. */
function findEvent(span: Span, description: StepDescription | undefined): string | null {
  return description && span.kind === "event-wait" && !isPart(span) ? span.event : null;
}

function isPart(span: Span): boolean {
  return span.kind === "event-wait" && PART_EVENT.test(span.event ?? "");
}

/** The title of a span without the prefix that the row of its task already shows. */
function titleIn(within: string, span: Span, words: string | undefined): string {
  const awaited = span.kind === "event-wait" && PART_EVENT.exec(span.event ?? "")?.[1];
  const child = awaited === "end" && "step" in span && /\/child\/(.+)$/s.exec(span.step)?.[1];
  if (child) return `wait for child ${child}`;
  if (awaited) return `wait for ${shorten(awaited, within)}`;
  if (words !== undefined) return words;
  return shorten(labelSpan(span), within);
}
