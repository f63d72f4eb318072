import type { AnnotatedTask } from "@/lib/highway/view/annotate-tasks";
import { ACTIVE_STATES } from "@/lib/model/states";
import type { Lane, Span, Timeline } from "@/lib/timeline/model";
import { listTableRows, type TimelineRow } from "@/lib/timeline/table-rows";

/** A row of the timeline of a run: a task with all its attempts, or one thing an attempt did. */
export type RunRow =
  | {
      kind: "task";
      key: string;
      task: AnnotatedTask;
      open: boolean;
      path: string | null;
      title: string;
    }
  | {
      kind: "span";
      key: string;
      task: AnnotatedTask;
      lane: Lane;
      span: Span;
      path: string | null;
      title: string;
    };

/** Code between steps that took less than this gets no row of its own. */
const LEAST_MS = 50;
/** Of more tasks than this, the children arrive folded. */
const MOST_OPEN = 8;

type Folding = {
  /** The tasks turned against what they are by themselves. */
  folded: ReadonlySet<string>;
  /** Whether the interpreter's notes have rows. */
  bookkeeping: boolean;
};

/** All rows in order, without those that are folded away. */
export function listRunRows(
  tasks: readonly AnnotatedTask[],
  { folded, bookkeeping }: Folding,
): RunRow[] {
  return tasks.flatMap((task): RunRow[] => {
    const { taskId } = task.detail.task;
    const byItself = task.isRoot || tasks.length <= MOST_OPEN;
    const open = byItself !== folded.has(taskId);
    const { path, title } = task;
    const head: RunRow = { kind: "task", key: taskId, task, open, path, title };
    if (!open) return [head];
    const spans = task.timeline.lanes.flatMap((lane) =>
      lane.spans.filter(isTelling).flatMap((span): RunRow[] => {
        const annotation = task.annotations[span.id];
        if (!annotation || (annotation.isBookkeeping && !bookkeeping)) return [];
        const key = `${taskId}.${span.id}`;
        return [
          { kind: "span", key, task, lane, span, path: annotation.path, title: annotation.title },
        ];
      }),
    );
    return [head, ...spans];
  });
}

/** How many notes of the interpreter the tasks of a run have. */
export function countBookkeeping(tasks: readonly AnnotatedTask[]): number {
  return tasks.reduce(
    (sum, { annotations }) =>
      sum + Object.values(annotations).filter((one) => one.isBookkeeping).length,
    0,
  );
}

/** A line of the table twin, unique by its `id`; `name` is what the drawing says of it. */
export type RunTableRow = TimelineRow & {
  task: AnnotatedTask;
  name: string | null;
  path: string | null;
};

/** The same as lines of text, of all tasks, also of those folded in the drawing. */
export function listRunTableRows(
  tasks: readonly AnnotatedTask[],
  bookkeeping: boolean,
): RunTableRow[] {
  return tasks.flatMap((task) =>
    listTableRows(task.timeline).flatMap((row): RunTableRow[] => {
      const annotation = task.annotations[row.id];
      if (annotation?.isBookkeeping && !bookkeeping) return [];
      const id = `${task.detail.task.taskId}.${row.id}`;
      const name = annotation?.isNamed
        ? [annotation.title, annotation.more].filter(Boolean).join(": ")
        : row.subject;
      return [{ ...row, id, task, name, path: annotation ? annotation.path : task.path }];
    }),
  );
}

function isTelling(span: Span): boolean {
  if (span.kind === "replayed") return false;
  if (span.kind !== "working" && span.kind !== "queued" && span.kind !== "late") return true;
  return span.end === "open" || span.to - span.from >= LEAST_MS;
}

/** The lives of all tasks on one axis. */
export function mergeTimelines(tasks: readonly AnnotatedTask[], now: number): Timeline {
  const timelines = tasks.map((task) => task.timeline);
  const active = tasks.some(({ detail }) =>
    ACTIVE_STATES.some((state) => state === detail.task.state),
  );
  return {
    from: Math.min(...timelines.map((timeline) => timeline.from)),
    to: Math.max(...timelines.map((timeline) => timeline.to)),
    now: Math.max(now, ...timelines.map((timeline) => timeline.now)),
    active,
    lanes: timelines.flatMap((timeline) => timeline.lanes),
    projection: null,
  };
}
