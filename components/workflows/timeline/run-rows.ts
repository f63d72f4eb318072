import type { AnnotatedTask } from "@/lib/highway/view/annotate-tasks";
import { isActive, type TaskState } from "@/lib/model/states";
import type { Lane, Span, Timeline } from "@/lib/timeline/model";
import { listTableRows, type TimelineRow } from "@/lib/timeline/table-rows";
import type { RunLimit } from "./run-limits";

/** A row of a run's timeline: a limit of the run, a task with all its attempts, or one span of an attempt. */
export type RunRow =
  | { kind: "limit"; key: string; limit: RunLimit; path: string | null; title: string }
  | TaskRow;

export type TaskRow =
  | {
      kind: "task";
      key: string;
      task: AnnotatedTask;
      /**
       * How the task ended from the run's view: a root task that reports a failure has completed but failed its run.
       */
      state: TaskState;
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

/** Working, queued and late spans shorter than this get no row. */
const MIN_ROW_MS = 50;
/** With more tasks than this, all but the root start collapsed. */
const MAX_OPEN = 8;

type Folding = {
  /** Ids of tasks that the reader has toggled from their default. */
  folded: ReadonlySet<string>;
  /** Whether the interpreter's internal steps have rows. */
  bookkeeping: boolean;
};

/** All visible rows in order. `status` is the run's. */
export function listRunRows(
  tasks: readonly AnnotatedTask[],
  status: string,
  { folded, bookkeeping }: Folding,
  limits: readonly RunLimit[] = [],
): RunRow[] {
  const ofTasks = tasks.flatMap((task): TaskRow[] => {
    const { taskId, state: own } = task.detail.task;
    const state = task.isRoot && own === "completed" && status === "failed" ? "failed" : own;
    const isOpenByDefault = task.isRoot || tasks.length <= MAX_OPEN;
    const open = isOpenByDefault !== folded.has(taskId);
    const { path, title } = task;
    const head: TaskRow = { kind: "task", key: taskId, task, state, open, path, title };
    if (!open) return [head];
    const spans = task.timeline.lanes.flatMap((lane) =>
      lane.spans.filter(hasRow).flatMap((span): TaskRow[] => {
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
  const ofLimits = limits.map((limit): RunRow => {
    const { key, path, title } = limit;
    return { kind: "limit", key, limit, path, title };
  });
  return [...ofLimits, ...ofTasks];
}

/** The number of internal steps of the interpreter. */
export function countBookkeeping(tasks: readonly AnnotatedTask[]): number {
  return tasks.reduce(
    (sum, { annotations }) =>
      sum + Object.values(annotations).filter((one) => one.isBookkeeping).length,
    0,
  );
}

/** A row of the timeline table, unique by `id`; `name` is its title in the drawing. Limits of the run have no task. */
export type RunTableRow = Omit<TimelineRow, "attempt"> & {
  attempt: number | null;
  task: AnnotatedTask | null;
  name: string | null;
  path: string | null;
};

/** All rows of the timeline table, including those of collapsed tasks. */
export function listRunTableRows(
  tasks: readonly AnnotatedTask[],
  bookkeeping: boolean,
  limits: readonly RunLimit[] = [],
): RunTableRow[] {
  const ofTasks = tasks.flatMap((task) =>
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
  const ofLimits = limits.map(
    ({ key: id, path, what, from, until: to, certainty: note }): RunTableRow => ({
      ...{ id, path, what, from, to, note },
      attempt: null,
      task: null,
      subject: null,
      name: path,
    }),
  );
  return [...ofLimits, ...ofTasks];
}

function hasRow(span: Span): boolean {
  if (span.kind === "replayed") return false;
  if (span.kind !== "working" && span.kind !== "queued" && span.kind !== "late") return true;
  return span.end === "open" || span.to - span.from >= MIN_ROW_MS;
}

/** One timeline that spans all tasks. */
export function mergeTimelines(tasks: readonly AnnotatedTask[], now: number): Timeline {
  const timelines = tasks.map((task) => task.timeline);
  const active = tasks.some(({ detail }) => isActive(detail.task.state));
  return {
    from: Math.min(...timelines.map((timeline) => timeline.from)),
    to: Math.max(...timelines.map((timeline) => timeline.to)),
    now: Math.max(now, ...timelines.map((timeline) => timeline.now)),
    active,
    lanes: timelines.flatMap((timeline) => timeline.lanes),
    projection: null,
  };
}
