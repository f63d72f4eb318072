import { isNamed, titleOf } from "@/components/timeline/span-words";
import type { WorkflowRunDetail } from "@/lib/analytics/workflow-types";
import type { Lane, Span } from "@/lib/timeline/model";
import { isInterpreted } from "../operators/read-records";
import { ownerOf, type Resolve } from "../operators/resolve-step";
import { type StepWords, shorten, tellStep } from "../operators/step-words";
import type { TaskHistory } from "../run/task-history";

/** What is said of a span, and which operator it belongs to. */
export type Told = {
  title: string;
  /** The title is a name of the workflow's author, not a word for what kind of time it was. */
  isNamed: boolean;
  path: string | null;
  isBookkeeping: boolean;
  /** What there is to say besides the title: the error of an attempt that failed, the event that is waited for. */
  more: string | null;
};

/** A task of a run as its timeline tells it: the interpreter's notes in words, failed attempts as failures. */
export type ToldTask = TaskHistory & {
  isRoot: boolean;
  path: string | null;
  /** The part of the workflow it executes, or its name. */
  title: string;
  /** By the id of the span. */
  told: ReadonlyMap<string, Told>;
};

/** A note that took longer than this is shown in any case: something happened meanwhile. */
const LONG_MS = 1_000;

/** The event by which a part of a workflow tells its end; it holds the path of the part. */
const PART_EVENT = /^hw:[0-9a-f-]{36}:(.+)$/s;

/** Puts the tasks of a run into words. */
export function tellTasks(
  histories: readonly TaskHistory[],
  detail: WorkflowRunDetail,
  resolve: Resolve,
): ToldTask[] {
  const { rootTaskId } = detail.run;
  const interpreted = isInterpreted(detail);
  return histories.map((history) => {
    const { task, checkpoints } = history.detail;
    const isRoot = task.taskId === rootTaskId;
    const part = isRoot ? "" : ownerOf(history.detail, detail);
    const path = (!isRoot && resolve(part)?.path) || null;
    const within = path ? part : "";
    const states = new Map(checkpoints.map(({ name, state }) => [name, state]));
    const values = detail.records[task.taskId]?.values;
    const told = new Map<string, Told>();
    const tell = (span: Span): Span => {
      const step = "step" in span ? resolve(span.step) : undefined;
      const entry = interpreted && step && "step" in span ? span.step : undefined;
      const words =
        entry !== undefined && step
          ? tellStep(
              entry,
              step,
              { state: states.get(entry) ?? null, recorded: values?.[entry] },
              within,
            )
          : undefined;
      // A wait or pause is what happened, and the note of it only its name.
      const isNote = words?.isBookkeeping === true && span.kind === "step";
      told.set(span.id, {
        title: titleIn(within, span, words?.words),
        isNamed: isNamed(span),
        path: step?.path ?? path,
        isBookkeeping: isNote && span.to - span.from < LONG_MS,
        more: words?.failure ? sayFailure(words.failure) : eventOf(span, words),
      });
      return words?.failure ? toFailure(span, words.failure) : span;
    };
    const lanes = history.timeline.lanes.map(
      (lane): Lane => ({ ...lane, spans: lane.spans.map(tell) }),
    );
    const title = path ? part : task.name;
    return { ...history, timeline: { ...history.timeline, lanes }, isRoot, path, title, told };
  });
}

/** The work of an attempt that ended in an error, which the interpreter notes as it notes all else. */
function toFailure(
  { id, from, to, start, end }: Span,
  { type, message }: { type: string; message: string },
): Span {
  return { kind: "failure", error: { name: type, message }, id, from, to, start, end };
}

function sayFailure({ type, message }: { type: string; message: string }): string {
  return `${type}: ${message}`;
}

/** The event of a wait that is called by its operator. */
function eventOf(span: Span, words: StepWords | undefined): string | null {
  return words && span.kind === "event-wait" && !isPart(span) ? span.event : null;
}

function isPart(span: Span): boolean {
  return span.kind === "event-wait" && PART_EVENT.test(span.event ?? "");
}

/** What is said beside a span, without what the row of its task says already. */
function titleIn(within: string, span: Span, words: string | undefined): string {
  const awaited = span.kind === "event-wait" && PART_EVENT.exec(span.event ?? "")?.[1];
  if (awaited) return `wait for ${shorten(awaited, within)}`;
  if (words !== undefined) return words;
  return shorten(titleOf(span), within);
}
